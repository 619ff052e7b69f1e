// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/**
 * One {@link io.ucm.api.ConnectionManager} per configured cluster and mode.
 *
 * <p>A call goes one way: {@link io.ucm.manager.Gate} → {@link io.ucm.manager.Generations} → a connection of the
 * current {@link io.ucm.manager.Generation} → the work → the result. What fills the slots comes and goes; the managers
 * stay registered.
 */
@NullMarked
package io.ucm.manager;

import org.jspecify.annotations.NullMarked;
