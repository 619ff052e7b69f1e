// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.MetaTypeService;
import org.osgi.service.metatype.ObjectClassDefinition;

/** The bundles of the distribution, in a container. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ContainerIT {

    @Inject
    private BundleContext context;

    @Configuration
    public Option[] container() {
        return new Option[] {AssembledContainer.all()};
    }

    @Test
    public void everyBundleIsActive() {
        List<String> others = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
            if (bundle.getState() != (fragment ? Bundle.RESOLVED : Bundle.ACTIVE)) {
                others.add(bundle + " in state " + bundle.getState());
            }
        }
        assertEquals(List.of(), others);
    }

    @Test
    public void theDriverIsOffered() throws Exception {
        assertTrue(context.getAllServiceReferences("org.osgi.service.jdbc.DataSourceFactory", null).length > 0);
    }

    /** So that tools can show what may be configured: each attribute with a description, each secret as one. */
    @Test
    public void everyPidOfOursIsDescribed() {
        ServiceComponentRuntime runtime = service(ServiceComponentRuntime.class);
        MetaTypeService metatype = service(MetaTypeService.class);
        Set<String> described = new TreeSet<>();
        for (ComponentDescriptionDTO component : runtime.getComponentDescriptionDTOs()) {
            Bundle bundle = context.getBundle(component.bundle.id);
            boolean configurable = !"ignore".equals(component.configurationPolicy)
                    && !component.configurationPid[0].equals(component.implementationClass);
            if (bundle.getSymbolicName().startsWith("io.ucm.") && configurable) {
                String pid = component.configurationPid[0];
                ObjectClassDefinition definition =
                        metatype.getMetaTypeInformation(bundle).getObjectClassDefinition(pid, null);
                for (AttributeDefinition attribute : definition.getAttributeDefinitions(ObjectClassDefinition.ALL)) {
                    String what = pid + ", " + attribute.getID();
                    assertFalse(what, attribute.getDescription().isBlank());
                    assertTrue(what + " in the README", documented(pid, attribute.getID()));
                    assertEquals(
                            what,
                            attribute.getID().startsWith("."),
                            attribute.getType() == AttributeDefinition.PASSWORD);
                }
                described.add(pid);
            }
        }
        assertEquals(
                Set.of("io.ucm.cluster", "io.ucm.ha", "io.ucm.health", "io.ucm.logging", "io.ucm.mode", "io.ucm.redis"),
                described);
    }

    /** Whether the README's table of that PID has it; logging's levels are told elsewhere. */
    private static boolean documented(String pid, String attribute) {
        try {
            String readme = Files.readString(Path.of("..", "README.md"));
            int table = readme.indexOf("\n`" + pid + "`");
            return pid.equals("io.ucm.logging")
                    || table >= 0 && readme.substring(table).contains("\n| `" + attribute + "` |");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <S> S service(Class<S> type) {
        return context.getService(context.getServiceReference(type));
    }
}
