// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.pool.agroal;

import io.agroal.api.AgroalPoolInterceptor;
import io.agroal.api.cache.ConnectionCache;
import io.agroal.api.configuration.AgroalConnectionFactoryConfiguration;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration;
import io.agroal.api.configuration.supplier.AgroalConnectionFactoryConfigurationSupplier;
import io.agroal.api.transaction.TransactionIntegration;
import java.sql.SQLWarning;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Agroal's settings for a pool that fills itself. Thread-safe.
 *
 * <p>Its least size is the size that is wanted: its housekeeper opens what is missing, and closes what is returned beyond
 * it. Its greatest is zero, so that a borrower never connects: that would keep it past its timeout, and while another
 * thread connects, a borrower without a connection would spin. The library's own builder refuses that combination.
 */
final class SelfFilling implements AgroalConnectionPoolConfiguration {

    /** The timeout of the library is one for all; a borrow asks again and again until its own is over. */
    private static final Duration PATIENCE = Duration.ofMillis(10);

    private static final int VALIDATION_SECONDS = 5;

    private final AgroalConnectionFactoryConfiguration factory = new AgroalConnectionFactoryConfigurationSupplier()
            .connectionProviderClass(SourceDataSource.class)
            .trackJdbcResources(false)
            .loginTimeout(Duration.ZERO)
            .get();
    private final ConnectionValidator validator = ConnectionValidator.defaultValidatorWithTimeout(VALIDATION_SECONDS);
    private final ConnectionCache cache = ConnectionCache.none();
    private final TransactionIntegration transactions = TransactionIntegration.none();
    private final Duration keepalive;
    private volatile int size;

    /** @param keepalive how often idle connections are asked for a sign of life; zero: never */
    SelfFilling(int size, Duration keepalive) {
        this.size = size;
        this.keepalive = keepalive;
    }

    @Override
    public int minSize() {
        return size;
    }

    @Override
    public void setMinSize(int changed) {
        size = changed;
    }

    @Override
    public int maxSize() {
        return 0;
    }

    @Override
    public void setMaxSize(int changed) {
        throw new UnsupportedOperationException("it is filled to its least size");
    }

    /** The first one is opened by who makes the pool. */
    @Override
    public int initialSize() {
        return 0;
    }

    @Override
    public Duration acquisitionTimeout() {
        return PATIENCE;
    }

    @Override
    public void setAcquisitionTimeout(Duration changed) {
        throw new UnsupportedOperationException("each borrow has its own");
    }

    @Override
    public Duration validationTimeout() {
        return keepalive;
    }

    @Override
    public ConnectionValidator connectionValidator() {
        return validator;
    }

    /** Who evicts a connection closes it: what Agroal then meets when it returns it ends its place in the pool. */
    @Override
    public ExceptionSorter exceptionSorter() {
        return failure -> !(failure instanceof SQLWarning);
    }

    @Override
    public AgroalConnectionFactoryConfiguration connectionFactoryConfiguration() {
        return factory;
    }

    @Override
    public ConnectionCache connectionCache() {
        return cache;
    }

    @Override
    public TransactionIntegration transactionIntegration() {
        return transactions;
    }

    @Override
    public TransactionRequirement transactionRequirement() {
        return TransactionRequirement.OFF;
    }

    @Override
    public MultipleAcquisitionAction multipleAcquisition() {
        return MultipleAcquisitionAction.LENIENT;
    }

    @Override
    public Collection<AgroalPoolInterceptor> interceptors() {
        return List.of();
    }

    @Override
    public boolean validateOnBorrow() {
        return false;
    }

    @Override
    public Duration idleValidationTimeout() {
        return Duration.ZERO;
    }

    @Override
    public Duration leakTimeout() {
        return Duration.ZERO;
    }

    @Override
    public Duration reapTimeout() {
        return Duration.ZERO;
    }

    @Override
    public Duration maxLifetime() {
        return Duration.ZERO;
    }

    @Override
    public boolean enhancedLeakReport() {
        return false;
    }

    @Override
    public boolean flushOnClose() {
        return false;
    }

    @Override
    public boolean recoveryEnable() {
        return false;
    }

    @Override
    public int establishmentRetryAttempts() {
        return 0;
    }

    @Override
    public Duration establishmentRetryInterval() {
        return Duration.ZERO;
    }
}
