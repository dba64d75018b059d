package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Failure;
import dev.windrose.cli.remote.Output;
import dev.windrose.cli.remote.Remote;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code windrose route} and {@code windrose explain}: one decision for a client, and why. */
@Command(
        description = {
            "Asks where a client is sent now. The client is a PLACE (an area or a region), an address, or a coordinate.",
            "`windrose explain` shows every target, what removed it, and what settled the choice. Each call counts as a decision."
        })
public final class RouteCommand extends Verb {

    private static final List<String> CANDIDATE = List.of(
            "chosen",
            "region",
            "status",
            "authority",
            "removed_by",
            "weight",
            "kept",
            "in_flight",
            "reported_latency_ms",
            "measured_latency_ms",
            "allowed_latency_ms");

    private final boolean explained;

    @Parameters(index = "0", paramLabel = "RULE")
    private String rule = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "PLACE")
    private @Nullable String place;

    @Option(names = "--ip", paramLabel = "ADDRESS", description = "The client's address.")
    private @Nullable String address;

    @Option(names = "--at", paramLabel = "LAT,LON", description = "The client's coordinate, such as 52.5,13.4.")
    private @Nullable String coordinate;

    @Option(names = "--affinity", paramLabel = "KEY", description = "The client's affinity key.")
    private @Nullable String affinity;

    public RouteCommand(boolean explained) {
        this.explained = explained;
    }

    @Override
    public Integer call() {
        JsonNode answer = options.remote().get(path()).body();
        JsonNode explanation = answer.path("explanation");
        if (!explained || options.output != Output.table) {
            options.output.one(out(), answer);
            return Exit.DONE;
        }
        ObjectNode decision = ((ObjectNode) answer).deepCopy();
        decision.remove("explanation");
        options.output.one(out(), decision);
        out().println();
        JsonNode client = explanation.path("client");
        JsonNode entry = explanation.path("residency");
        out().println("client " + (client.path("known").asBoolean() ? "in " : "in an unknown place, treated as near ")
                + client.path("area").asText("-") + ", placed by "
                + client.path("placed_by").asText() + ", bound by "
                + (entry.isTextual() ? "residency " + entry.asText() : "no residency"));
        if (!client.path("forwarded").isEmpty()) {
            options.output.list(out(), client, client.path("forwarded"), List.of("header", "text", "outcome"));
        }
        out().println("settled by " + explanation.path("settled_by").asText() + ", tier "
                + explanation.path("tier").asText() + ", table "
                + explanation.path("table_version").asText());
        options.output.list(out(), explanation, explanation.path("candidates"), CANDIDATE);
        return Exit.DONE;
    }

    private String path() {
        int ways = (place == null ? 0 : 1) + (address == null ? 0 : 1) + (coordinate == null ? 0 : 1);
        if (ways > 1) {
            throw Failure.wrong("client: given in " + ways + " ways (expected: one of PLACE, --ip and --at)");
        }
        StringBuilder path = new StringBuilder("/api/v1/route");
        if (place != null) {
            path.append('/').append(Remote.part(place));
        }
        path.append("?rule_id=").append(Remote.part(rule));
        if (address != null) {
            path.append("&client_ip=").append(Remote.part(address));
        }
        if (coordinate != null) {
            String[] parts = coordinate.split(",", -1);
            if (parts.length != 2) {
                throw Failure.wrong("--at: '" + coordinate + "' (expected: LAT,LON, such as 52.5,13.4)");
            }
            path.append("&lat=").append(Remote.part(parts[0])).append("&lon=").append(Remote.part(parts[1]));
        }
        if (affinity != null) {
            path.append("&affinity_key=").append(Remote.part(affinity));
        }
        return path.append(explained ? "&explain=true" : "").toString();
    }
}
