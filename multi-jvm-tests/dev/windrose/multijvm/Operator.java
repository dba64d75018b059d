package dev.windrose.multijvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command of the distribution, as an operator runs it against a node. */
final class Operator {

    private static final long SECONDS_AT_MOST = 60;

    private final Cluster cluster;
    private final Path errors;

    /** @param logs gets what commands say on standard error */
    Operator(Cluster cluster, Path logs) {
        this.cluster = cluster;
        this.errors = logs.resolve("commands.log");
    }

    /** What it printed and its exit code. */
    record Ran(int code, String out) {}

    Ran run(int node, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Cluster.home().resolve("bin/windrose").toString());
        command.addAll(List.of(words));
        command.addAll(
                List.of("--server", "http://127.0.0.1:" + cluster.node(node).port()));
        Path out = Files.createTempFile(errors.getParent(), "command-", ".out");
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .redirectOutput(out.toFile())
                .start();
        if (!process.waitFor(SECONDS_AT_MOST, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", words) + ": not done in time");
        }
        String printed = Files.readString(out);
        Files.delete(out);
        return new Ran(process.exitValue(), printed);
    }
}
