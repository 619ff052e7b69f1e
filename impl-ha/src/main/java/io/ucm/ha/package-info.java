// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Finds out who is what in a cluster and whom writes may go to, as somebody else promotes.
 *
 * <p>Questions and answers: {@link io.ucm.ha.NodeProbe} asks one node over connections of its own; {@link
 * io.ucm.ha.NodeWatch} says when, and whether the node is up; {@link io.ucm.ha.ClusterWatch} brings the nodes together
 * and publishes. What follows from the answers is decided without any of these, by {@link io.ucm.ha.Judge}.
 */
@NullMarked
package io.ucm.ha;

import org.jspecify.annotations.NullMarked;
