// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
/** What each implementation of a slot is tested against; in no bundle. */
package io.ucm.contracts;
