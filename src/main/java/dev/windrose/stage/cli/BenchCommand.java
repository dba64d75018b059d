package dev.windrose.stage.cli;

import dev.windrose.cli.Subcommand;
import dev.windrose.cli.remote.Exit;
import dev.windrose.stage.Bench;
import dev.windrose.stage.Figures;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code windrose bench}: measures a node of its own over real sockets. */
@Command(
        name = "bench",
        description = {
            "Starts a node of its own on free ports of loopback, with files of its own, and measures it:",
            "decisions against a constant answer of the same server in turns, decisions at a rate, batches."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Exit codes: 0 all was as promised, 1 a figure missed its limit, 2 wrong option."})
public final class BenchCommand implements Subcommand {

    @Option(
            names = "--home",
            paramLabel = "DIRECTORY",
            defaultValue = "target/windrose",
            description = "The distribution to measure. Default: ${DEFAULT-VALUE}.")
    private Path home = Path.of("target/windrose");

    @Option(
            names = "--constant",
            paramLabel = "PATH",
            defaultValue = "/health/live",
            description = "The constant answer to compare with. Default: ${DEFAULT-VALUE}.")
    private String constant = "";

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "4",
            description = "Connections at the same time, 1 to 64. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--round-ms",
            paramLabel = "N",
            defaultValue = "3000",
            description = "Time of one round, 100 to 60000. Default: ${DEFAULT-VALUE}.")
    private long roundMs;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "7",
            description = "Rounds of each kind, 1 to 100; the median counts. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Requests per second of the part with a rate. Default: ${DEFAULT-VALUE}.")
    private double rate;

    @Option(names = "--json", description = "Ends with one line of JSON in place of the table.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Bench bench;
        try {
            bench = new Bench(
                    new Bench.Plan(home, constant, connections, Duration.ofMillis(roundMs), rounds, rate), line -> {
                        out.println(line);
                        out.flush();
                    });
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
        }
        Figures figures = bench.run();
        out.println();
        out.print(json ? figures.json() + System.lineSeparator() : figures.table());
        out.flush();
        return figures.passed() ? Exit.DONE : Exit.FAILED;
    }
}
