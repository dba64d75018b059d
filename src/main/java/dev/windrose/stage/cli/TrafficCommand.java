package dev.windrose.stage.cli;

import dev.windrose.cli.Subcommand;
import dev.windrose.cli.remote.Exit;
import dev.windrose.stage.Tally;
import dev.windrose.stage.Traffic;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code windrose traffic}: plays clients until the time is over or it is stopped. */
@Command(
        name = "traffic",
        description = {
            "Plays clients: asks the nodes where to go, goes there, reports how it went.",
            "Prints one line every 5 s. A node that does not answer is left alone, and the others are asked."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  windrose traffic --node http://127.0.0.1:8019 --rate 50",
            "  windrose traffic --node http://127.0.0.1:8019 --node http://127.0.0.1:8029 --rate 200 --seconds 30",
            "",
            "Exit codes: 0 every request was decided, 1 some were not, 2 wrong option."
        })
public final class TrafficCommand implements Subcommand {

    @Option(
            names = "--node",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8019",
            description = "A node to ask. May be repeated. Default: ${DEFAULT-VALUE}.")
    private List<URI> nodes = List.of();

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "50",
            description = "Requests per second over all nodes, at most 20000. Default: ${DEFAULT-VALUE}.")
    private double rate;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "0",
            description = "How long; 0 until SIGTERM or SIGINT. Default: ${DEFAULT-VALUE}.")
    private long seconds;

    @Option(
            names = "--area",
            paramLabel = "AREA",
            defaultValue = "us-east,europe,asia,us-west,eu-central,ap-southeast",
            split = ",",
            description = "Where the clients are. May be repeated. Default: ${DEFAULT-VALUE}.")
    private List<String> areas = List.of();

    @Option(
            names = "--rule",
            paramLabel = "RULE",
            split = ",",
            description = "A rule to ask by. May be repeated. Default: every active rule.")
    private List<String> rules = List.of();

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "16",
            description = "Clients at the same time, 1 to 256. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        for (URI node : nodes) {
            if (!"http".equals(node.getScheme()) || node.getHost() == null) {
                throw new ParameterException(spec.commandLine(), "--node: " + node + " (expected: http://HOST:PORT)");
            }
        }
        Traffic.Plan plan;
        try {
            plan = new Traffic.Plan(nodes, rate, Duration.ofSeconds(seconds), areas, rules, connections);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
        }
        CountDownLatch ended = new CountDownLatch(1);
        Traffic traffic = new Traffic(plan, line -> {
            out.println(line);
            out.flush();
        });
        try {
            // SIGTERM: the requests under way end and the last line is printed before the process does.
            Thread ending = new Thread(
                    () -> {
                        traffic.stop();
                        try {
                            ended.await(5, TimeUnit.SECONDS);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "traffic-end");
            Runtime.getRuntime().addShutdownHook(ending);
            Tally.Summary summary = traffic.run();
            out.println("in all: " + summary.line());
            out.flush();
            return summary.undecided() == 0 && summary.decided() > 0 ? Exit.DONE : Exit.FAILED;
        } finally {
            ended.countDown();
        }
    }
}
