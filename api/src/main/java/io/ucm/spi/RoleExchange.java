// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Whoever promotes in a cluster and can be asked to exchange roles by plan, such as Patroni: it stops the primary, promotes
 * the target, and lets the old one follow. Thread-safe.
 */
@ProviderType
public interface RoleExchange {

    /** Who that is, for messages. */
    String name();

    /**
     * Makes the target the primary. Returns when that is said to be done; whether it is, the nodes tell. Throws when it is
     * refused or not known to be done, with the reason and the way out. Blocks up to 30 s; an interrupt ends the waiting,
     * and not the exchange.
     */
    void exchange(String primary, String target) throws IOException, InterruptedException;
}
