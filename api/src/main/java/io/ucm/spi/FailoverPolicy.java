// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

/** Who makes another node the primary when the primary is lost. */
public enum FailoverPolicy {
    /** Somebody else, such as Patroni, a cloud service or a person: the new primary is found and followed. */
    FOLLOW,
    /** The watcher itself, where it has proof that every acknowledged commit is kept and that nobody else promotes. */
    PROMOTE
}
