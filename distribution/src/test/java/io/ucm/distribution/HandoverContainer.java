// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import org.junit.Before;

/** What tests that exchange parts begin with. */
public abstract class HandoverContainer extends ServingContainer {

    ExchangeKit kit;

    @Before
    public void thereIsAKit() {
        kit = new ExchangeKit(context, shell);
    }
}
