// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** An application's bundle, which asks the service registry for its DataSource. Thread-safe. */
final class ConsumerBundle implements LookUp {

    private static final String NAME = "bench.consumer";

    private record Taken(BundleContext context, ServiceReference<DataSource> reference, DataSource dataSource)
            implements Found {

        @Override
        public void close() {
            context.ungetService(reference);
        }
    }

    private final BundleContext context;
    private final Filter filter;

    private ConsumerBundle(BundleContext context, Filter filter) {
        this.context = context;
        this.filter = filter;
    }

    /** @param filter of the DataSource that it wants */
    static ConsumerBundle install(BundleContext framework, String filter)
            throws IOException, BundleException, InvalidSyntaxException {
        Bundle bundle = framework.getBundle(NAME);
        if (bundle == null) {
            bundle = framework.installBundle(NAME, new ByteArrayInputStream(jar()));
            bundle.start();
        }
        return new ConsumerBundle(bundle.getBundleContext(), FrameworkUtil.createFilter(filter));
    }

    private static byte[] jar() throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        attributes.putValue(Constants.BUNDLE_SYMBOLICNAME, NAME);
        attributes.putValue(Constants.IMPORT_PACKAGE, DataSource.class.getPackageName());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new JarOutputStream(bytes, manifest).close();
        return bytes.toByteArray();
    }

    @Override
    public @Nullable Found get() {
        try {
            for (ServiceReference<DataSource> reference :
                    context.getServiceReferences(DataSource.class, filter.toString())) {
                DataSource found = context.getService(reference);
                if (found != null) {
                    return new Taken(context, reference, found);
                }
            }
            return null;
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
