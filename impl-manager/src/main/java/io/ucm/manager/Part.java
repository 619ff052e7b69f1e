// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/**
 * A service that can fill a slot. The bundle is kept: a reference forgets it when its service is unregistered.
 */
record Part<S>(ServiceReference<S> reference, S service, Bundle bundle) {

    static <S> Part<S> of(ServiceReference<S> reference, S service) {
        return new Part<>(reference, service, reference.getBundle());
    }

    int ranking() {
        return reference.getProperty(org.osgi.framework.Constants.SERVICE_RANKING) instanceof Integer ranking
                ? ranking
                : 0;
    }

    /** What is left to say of it when it has gone: holds on to nothing of its bundle's code. */
    Named named() {
        return new Named(reference, toString());
    }

    /** A part that may have gone. */
    record Named(ServiceReference<?> reference, String name) {

        boolean is(Part<?> part) {
            return reference.equals(part.reference());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @Override
    public String toString() {
        return bundle.getSymbolicName() + " " + bundle.getVersion();
    }
}
