// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.forwarder;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Asks for a superclass {@code Forwarding<Interface>} of the annotated class, in its package. Each method of the
 * interface that declares {@code SQLException} is written there as
 *
 * <pre>{@code
 * try {
 *     return delegate().method(arguments);
 * } catch (SQLException e) {
 *     throw failed(e);
 * }
 * }</pre>
 *
 * <p>with {@code executing()} in place of {@code delegate()} where the method's name begins with "execute", {@code
 * executing(sql)} where it takes a text of SQL to execute now or in a batch, and with the result handed through a hook
 * {@code wrapped(result)} where it is a part of JDBC that leads back to its parent or goes on reaching the server (a
 * connection, statement, result set, metadata or large object), {@code wrapped(result, sql)} where it is made from a text. {@code unwrap} gives the wrapper itself where
 * it fits, else what {@code unwrapped} makes of the driver's part. Methods that do not declare {@code SQLException} stay
 * abstract: the annotated class says what they do.
 */
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.TYPE)
public @interface Forward {

    /** The interface to forward. */
    Class<?> value();

    /** A class with a {@code Forward} of its own that the generated class extends, and adds to. */
    Class<?> base() default Object.class;
}
