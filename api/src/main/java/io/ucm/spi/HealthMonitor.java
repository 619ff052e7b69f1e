// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import io.ucm.api.HealthReport;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/** Checks and measures: the service by which an implementation fills the slot {@code health}. Thread-safe. */
@ConsumerType
public interface HealthMonitor {

    /** Checks what the manager of that cluster and mode needs. Does not block. */
    CompletionStage<HealthReport> check(String cluster, String mode);

    /** An operation has ended. On the path of every call: takes well under a microsecond. */
    void ended(Operation operation);
}
