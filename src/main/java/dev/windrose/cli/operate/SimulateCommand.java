package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Failure;
import dev.windrose.cli.remote.Manifests;
import dev.windrose.cli.remote.Output;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code windrose simulate}: what outages and edits would do. */
@Command(
        name = "simulate",
        description = {
            "Shows the effect of outages and edits on shares, loads and clients, before they happen.",
            "Ends with 1 if a region would exceed its capacity, or a rule would be left without a region."
        },
        footer = {
            "",
            "Examples:",
            "  windrose simulate --outage eu-west-1 --rate web=2000",
            "  windrose simulate -f rules/ --client web=europe --client web=us-east",
            ""
        })
public final class SimulateCommand extends Verb {

    private static final List<String> RULES =
            List.of("rule_id", "requests_per_second", "moved_share", "share_before", "share_after");
    private static final List<String> CLIENTS =
            List.of("rule_id", "client_region", "before", "after", "moved", "selection_reason", "tier");

    @Option(
            names = "--outage",
            paramLabel = "REGION[=STATUS]",
            description = "unhealthy (default), degraded, draining or healthy. May be repeated.")
    private List<String> outages = new ArrayList<>();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "PATH",
            description = "Manifests, as for windrose apply: what would be created or changed. May be repeated.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--client", paramLabel = "RULE=PLACE", description = "A client to try. May be repeated.")
    private List<String> clients = new ArrayList<>();

    @Option(
            names = "--rate",
            paramLabel = "RULE=N",
            description = "Requests per second, if nothing was measured. May be repeated.")
    private Map<String, Double> rates = new LinkedHashMap<>();

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "Starts from a past instant in the journal instead of now.")
    private @Nullable String at;

    @Override
    public Integer call() {
        JsonNode answer =
                options.remote().call("POST", "/api/v1/simulate", body()).body();
        show(answer);
        boolean unserved = false;
        for (JsonNode rule : answer.path("rules")) {
            unserved |= rule.path("share_after").isEmpty()
                    && !rule.path("share_before").isEmpty();
        }
        return answer.path("over_capacity").isEmpty() && !unserved ? Exit.DONE : Exit.FAILED;
    }

    private ObjectNode body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (at != null) {
            body.put("at", at);
        }
        ArrayNode down = body.putArray("outages");
        for (String outage : outages) {
            String[] parts = outage.split("=", 2);
            down.addObject().put("region_id", parts[0]).put("status", parts.length == 2 ? parts[1] : "unhealthy");
        }
        ArrayNode asked = body.putArray("clients");
        for (String client : clients) {
            String[] parts = client.split("=", 2);
            if (parts.length != 2) {
                throw Failure.wrong("--client: '" + client + "' (expected: RULE=PLACE)");
            }
            asked.addObject().put("rule_id", parts[0]).put("client_region", parts[1]);
        }
        if (!files.isEmpty()) {
            body.set("definitions", Manifests.read(files));
        }
        if (!rates.isEmpty()) {
            ObjectNode said = body.putObject("rates");
            rates.forEach(said::put);
        }
        return body;
    }

    private void show(JsonNode answer) {
        if (options.output != Output.table) {
            options.output.one(out(), answer);
            return;
        }
        out().println("moved share " + answer.path("moved_share") + ", over capacity "
                + (answer.path("over_capacity").isEmpty() ? "none" : answer.path("over_capacity")));
        options.output.list(out(), answer, answer.path("rules"), RULES);
        ArrayNode loads = JsonNodeFactory.instance.arrayNode();
        answer.path("load_after")
                .properties()
                .forEach(load -> loads.addObject()
                        .put("region", load.getKey())
                        .<ObjectNode>set(
                                "load_before", answer.path("load_before").path(load.getKey()))
                        .set("load_after", load.getValue()));
        options.output.list(out(), answer, loads, List.of("region", "load_before", "load_after"));
        if (!answer.path("clients").isEmpty()) {
            options.output.list(out(), answer, answer.path("clients"), CLIENTS);
        }
    }
}
