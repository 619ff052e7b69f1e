// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

/** The entry point: reads the arguments, and turns what happened into an exit code. */
final class Main {

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private final Streams streams;
    private final Progress progress;

    private Main(Streams streams) {
        this.streams = streams;
        this.progress = new Progress(streams.err());
    }

    public static void main(String[] args) {
        Streams streams = Streams.take();
        int code = new Main(streams).run(args);
        streams.flush();
        System.exit(code);
    }

    private int run(String[] args) {
        CommandLine line;
        try {
            line = CommandLine.parse(args);
        } catch (UsageException e) {
            streams.err().println("ucm: " + e.getMessage());
            streams.err().print(Usage.TEXT);
            return WRONG_USAGE;
        }
        line.options().setSystemProperties();
        LibraryOutput.quiet();
        return switch (line.action()) {
            case HELP -> help();
            case SHELL ->
                Terminal.isPresent() ? inContainer(line, true, this::interact) : inContainer(line, false, this::script);
            case EXEC -> inContainer(line, false, container -> exec(container, line));
            case TOUR -> inContainer(line, false, this::tour);
            case SERVE -> serve(line);
            case ATTACH -> attach(line);
        };
    }

    private int help() {
        streams.out().print(Usage.TEXT);
        return OK;
    }

    private int serve(CommandLine line) {
        LibraryOutput.withoutTerminal();
        return new Server(container(line, false), progress).run(line.options());
    }

    private int attach(CommandLine line) {
        try {
            Options options = line.options();
            return new AttachClient(streams, progress, options.waiting())
                    .run(ServerFolder.ofUser(), options.name(), line.commands());
        } catch (Exception e) {
            streams.flush();
            progress.say("attach: " + Failure.message(e));
            return FAILED;
        }
    }

    private Container container(CommandLine line, boolean interactive) {
        return new Container(Home.ofLauncher(), line.options(), interactive, progress);
    }

    /** The hook, and it alone, takes the container down again: so a signal and a normal end go the same way. */
    private int inContainer(CommandLine line, boolean interactive, Session session) {
        if (!interactive) {
            LibraryOutput.withoutTerminal();
        }
        Container container = container(line, interactive);
        Runtime.getRuntime().addShutdownHook(new Thread(container::close, "ucm-stop"));
        try {
            return session.run(container);
        } catch (Exception e) {
            if (!container.isClosing()) {
                streams.err().println("ucm: " + Failure.message(e));
            }
            return FAILED;
        }
    }

    private int exec(Container container, CommandLine line) throws Exception {
        if (!container.start()) {
            return FAILED;
        }
        container.awaitReady();
        try (ShellSession shell = container.openShell(streams)) {
            return new CommandRunner(shell, streams, container::isClosing).untilFailure(line.commands()) ? OK : FAILED;
        }
    }

    private int tour(Container container) throws Exception {
        if (!container.start()) {
            return FAILED;
        }
        container.awaitReady();
        return container.tour().run(streams.out()) ? OK : FAILED;
    }

    private int script(Container container) throws Exception {
        startAsFarAsPossible(container);
        try (ShellSession shell = container.openShell(streams)) {
            return new CommandRunner(shell, streams, container::isClosing).untilEnd(streams.lines()) ? OK : FAILED;
        }
    }

    private int interact(Container container) throws Exception {
        startAsFarAsPossible(container);
        streams.err().print(Usage.banner(container.folder()));
        container.startTerminal();
        container.awaitStop();
        return OK;
    }

    /** A shell is of use, even of more use, when something is missing. */
    private void startAsFarAsPossible(Container container) throws Exception {
        container.start();
        try {
            container.awaitReady();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            streams.err().println("ucm: " + Failure.message(e));
        }
    }

    private interface Session {
        int run(Container container) throws Exception;
    }
}
