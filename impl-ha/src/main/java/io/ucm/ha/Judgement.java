// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.Topology;

/** @param twins whether there is no primary because there are several */
record Judgement(Standing standing, Topology topology, boolean twins) {}
