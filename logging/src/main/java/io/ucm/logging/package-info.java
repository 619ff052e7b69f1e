// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/** From the OSGi log service, which Declarative Services and the Configuration Admin use, to SLF4J. */
@NullMarked
package io.ucm.logging;

import org.jspecify.annotations.NullMarked;
