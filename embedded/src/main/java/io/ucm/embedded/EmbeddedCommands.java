// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import io.ucm.shell.Json;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;

/** The shell commands of the embedded servers, there while the servers are. Thread-safe. */
public final class EmbeddedCommands {

    private static final String NODE = "n1, n2, n3, redis, or primary for whichever node is the primary now";

    private final Faults faults;

    EmbeddedCommands(Faults faults) {
        this.faults = faults;
    }

    /** The names of the commands, which are those of the methods. */
    static String[] functions() {
        return new String[] {"freeze", "kill", "rejoin", "thaw"};
    }

    @Descriptor("kills a server and all its children at once (SIGKILL)")
    public Object kill(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor(NODE) String... node)
            throws Exception {
        return printed(faults.kill(one(node)), json);
    }

    @Descriptor("stops a server and all its children without ending them (SIGSTOP), like a host that hangs")
    public Object freeze(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor(NODE) String... node)
            throws Exception {
        return printed(faults.freeze(one(node)), json);
    }

    @Descriptor("lets a frozen server go on (SIGCONT)")
    public Object thaw(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor(NODE) String... node)
            throws Exception {
        return printed(faults.thaw(one(node)), json);
    }

    @Descriptor("brings a node back as a replica of the current primary by a fresh copy, redis as an empty server")
    public Object rejoin(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor(NODE) String... node)
            throws Exception {
        return printed(faults.rejoin(one(node)), json);
    }

    /** An array, because a missing parameter would be answered by the shell, and badly. */
    private static String one(String... node) {
        if (node.length != 1) {
            throw new IllegalArgumentException("expected one NODE, got " + node.length + "; it is " + NODE);
        }
        return node[0];
    }

    private static Object printed(NodeReport report, boolean json) {
        return json ? Json.line(report) : report;
    }
}
