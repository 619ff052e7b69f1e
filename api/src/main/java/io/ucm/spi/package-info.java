// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/** What an implementation bundle provides. Applications do not need it. */
@Export
@Version("0.1.0")
@NullMarked
package io.ucm.spi;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
