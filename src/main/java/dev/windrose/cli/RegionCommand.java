package dev.windrose.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.stage.Api;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code windrose region}: what is done to a whole region. */
@Command(
        name = "region",
        description = "Does something to a whole region, through a node that runs on this machine.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = RegionCommand.Evict.class)
final class RegionCommand {

    @Command(
            name = "evict",
            description = {
                "Takes a region that is gone out of the cluster, so that regions that start meanwhile can take writes.",
                "Refused while the region is heard of. Moves no traffic: that follows health. The region joins again by",
                "itself when it is back. After `windrose.node.evict-after` a majority of the regions does this by itself."
            },
            mixinStandardHelpOptions = true,
            footer = {"", "Exit codes: 0 it is out, 1 refused or no answer, 2 wrong option."})
    static final class Evict implements Callable<Integer> {

        private static final Duration TIMEOUT = Duration.ofSeconds(10);

        @Parameters(paramLabel = "REGION", description = "Name of the region that is gone, such as eu-west-1.")
        private String region = "";

        @Option(
                names = "--port",
                paramLabel = "N",
                defaultValue = "8019",
                description = "Port of a node's API, of any region that lives. Default: ${DEFAULT-VALUE}.")
        private int port;

        @Option(names = "--owner", required = true, paramLabel = "NAME", description = "Who wants it.")
        private String owner = "";

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for the log.")
        private String reason = "";

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException {
            PrintWriter out = spec.commandLine().getOut();
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.put("owner", owner).put("reason", reason);
            try (Api api = new Api(port, TIMEOUT)) {
                Api.Answer answer = api.call("POST", "/api/v1/regions/" + region + "/evict", body.toString());
                if (!answer.done()) {
                    spec.commandLine()
                            .getErr()
                            .println(answer.body().path("detail").asText("status " + answer.status()));
                    return Windrose.FAILED;
                }
                List<String> nodes = new ArrayList<>();
                answer.body().path("evicted").forEach(node -> nodes.add(node.asText()));
                out.println(
                        nodes.isEmpty()
                                ? region + ": had no node in the cluster"
                                : region + ": out, with " + String.join(", ", nodes));
                out.flush();
                return Windrose.DONE;
            }
        }
    }
}
