// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the figures were measured on; no names of hosts. */
final class Machine {

    private static final long GIB = 1L << 30;

    private Machine() {}

    static String describe() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return "%s, %d cores, %d GiB, %s, %s %s (%s)"
                .formatted(
                        first(Path.of("/proc/cpuinfo"), "model name\\s*: (.+)", System.getProperty("os.arch")),
                        system.getAvailableProcessors(),
                        Math.round((double) system.getTotalMemorySize() / GIB),
                        first(
                                Path.of("/etc/os-release"),
                                "PRETTY_NAME=\"(.+)\"",
                                System.getProperty("os.name") + " " + System.getProperty("os.version")),
                        System.getProperty("java.vm.name"),
                        System.getProperty("java.version"),
                        System.getProperty("java.vendor"));
    }

    private static String first(Path file, String pattern, String otherwise) {
        try {
            Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
            return matcher.find() ? matcher.group(1) : otherwise;
        } catch (IOException e) {
            return otherwise;
        }
    }
}
