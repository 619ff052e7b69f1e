// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import javax.inject.Inject;
import org.junit.Before;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;

/** What tests that exchange parts begin with: the assembled container, in which every manager serves. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public abstract class HandoverContainer {

    @Inject
    BundleContext context;

    ContainerShell shell;
    ExchangeKit kit;

    @Configuration
    public Option[] container() {
        return new Option[] {AssembledContainer.all()};
    }

    @Before
    public void everyManagerServes() throws Exception {
        shell = new ContainerShell(context);
        kit = new ExchangeKit(context, shell);
        shell.run("ucm:ready --seconds 30");
    }
}
