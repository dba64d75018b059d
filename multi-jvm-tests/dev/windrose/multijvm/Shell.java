package dev.windrose.multijvm;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The {@code windrose} command of the distribution, each run a process of its own; what it printed stays in a file. */
final class Shell {

    private static final long ENDS_WITHIN_S = 120;

    private final Path logs;
    private int runs;

    Shell(Path logs) throws IOException {
        this.logs = Files.createDirectories(logs);
    }

    /** A run that has ended. */
    record Ran(int code, String said, double seconds) {}

    /** A run that may go on. */
    record Running(Process process, Path log, long startedNanos) implements AutoCloseable {

        boolean alive() {
            return process.isAlive();
        }

        /** As {@code kill -9} does. */
        void kill() {
            process.destroyForcibly();
        }

        /** Waits for its end, which it is made to have when it takes too long. */
        Ran ended() throws IOException, InterruptedException {
            if (!process.waitFor(ENDS_WITHIN_S, TimeUnit.SECONDS)) {
                kill();
                throw new AssertionError("windrose: did not end within " + ENDS_WITHIN_S + " s, see " + log);
            }
            return new Ran(process.exitValue(), Files.readString(log), (System.nanoTime() - startedNanos) / 1e9);
        }

        @Override
        public void close() {
            kill();
        }
    }

    /** Starts it against the node, or what lies before it, at {@code port}. */
    Running start(int port, String... words) throws IOException {
        runs++;
        Path log = logs.resolve("windrose-" + runs + ".log");
        List<String> command = new ArrayList<>();
        command.add(Cluster.home().resolve("bin/windrose").toString());
        command.addAll(List.of(words));
        command.addAll(List.of("--server", "http://127.0.0.1:" + port));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("WINDROSE_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        long now = System.nanoTime();
        return new Running(builder.start(), log, now);
    }

    /** Runs it to its end. */
    Ran run(int port, String... words) throws IOException, InterruptedException {
        try (Running running = start(port, words)) {
            return running.ended();
        }
    }
}
