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
import org.osgi.service.cm.ConfigurationAdmin;

/** What most tests begin with: the assembled container, in which every manager serves. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public abstract class ServingContainer {

    /** Of the report of a ledger that nobody disturbed. */
    static final String NOTHING_LOST =
            "\"failed\":0,\"failedByState\":{},\"unknown\":0,\"lost\":0,\"duplicated\":0,\"staleReads\":0";

    @Inject
    BundleContext context;

    @Inject
    ConfigurationAdmin admin;

    ContainerShell shell;

    @Configuration
    public Option[] container() {
        return new Option[] {AssembledContainer.all()};
    }

    @Before
    public void everyManagerServes() throws Exception {
        shell = new ContainerShell(context);
        shell.run("ucm:ready --seconds 30");
    }
}
