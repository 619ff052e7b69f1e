// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/** What applications see: one {@link io.ucm.api.ConnectionManager} per cluster and mode, found as an OSGi service. */
@Export
@Version("0.1.0")
@NullMarked
package io.ucm.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
