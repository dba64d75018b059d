package dev.windrose.stage.cli;

import dev.windrose.cli.Subcommand;
import dev.windrose.cli.remote.Exit;
import dev.windrose.stage.Origin;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code windrose origin}: runs sample origins until it is stopped. */
@Command(
        name = "origin",
        description = {
            "Runs sample origins on loopback, whose latency, errors and death can be commanded.",
            "Each also listens on its port + 1000 for commands, dead or alive."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  windrose origin --region us-east-1=9101 --region eu-west-1=9102",
            "  windrose origin --region us-east-1 --port 9101",
            "  curl -d '{\"latency_ms\": 80, \"error_rate\": 0.1}' http://127.0.0.1:10101/command",
            "  curl -d '{\"dead\": 10}' http://127.0.0.1:10101/command",
            "  curl -d '{\"reset\": true}' http://127.0.0.1:10101/command"
        })
public final class OriginCommand implements Subcommand {

    @Option(names = "--region", paramLabel = "REGION[=PORT]", required = true, description = "May be repeated.")
    private List<String> regions = List.of();

    @Option(names = "--port", paramLabel = "PORT", description = "Port of a region named without one, 1 to 64535.")
    private @Nullable Integer port;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<Origin> origins = new ArrayList<>();
        for (String region : regions) {
            int equals = region.indexOf('=');
            String name = equals < 0 ? region : region.substring(0, equals);
            origins.add(Origin.start(name, port(region, equals)));
        }
        for (Origin origin : origins) {
            out.println("origin [" + origin.region() + "] http://127.0.0.1:" + origin.port() + " commands ["
                    + origin.controlPort() + "]");
        }
        out.flush();
        try {
            Thread.currentThread().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Exit.DONE;
    }

    private int port(String region, int equals) {
        try {
            int value = equals >= 0 ? Integer.parseInt(region.substring(equals + 1)) : port == null ? -1 : port;
            if (value >= 1 && value <= 65_535 - Origin.CONTROL_OFFSET) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new ParameterException(spec.commandLine(), "--region: " + region + " (expected: REGION=PORT)", e);
        }
        throw new ParameterException(
                spec.commandLine(), "--region: " + region + " (expected: REGION=PORT with a port of 1 to 64535)");
    }
}
