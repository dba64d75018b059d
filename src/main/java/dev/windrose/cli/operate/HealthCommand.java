package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Remote;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code windrose health}: what is believed of the regions; with {@code --matrix} who sees what. */
@Command(
        name = "health",
        description = "The verdicts of this node's region; with --matrix, who sees what, since when and how.")
public final class HealthCommand extends Verb {

    private static final List<String> REGION = List.of(
            "region_id", "status", "response_time_ms", "success_rate", "active_connections", "source", "last_check");
    private static final List<String> SIGHT = List.of(
            "region_id",
            "endpoint",
            "verdict",
            "moves",
            "node",
            "status",
            "latency_ms",
            "allowed_latency_ms",
            "heard_ago_ms",
            "since",
            "cause");

    @Option(names = "--matrix", description = "One line for each check and observer.")
    private boolean matrix;

    @Option(names = "--rule", paramLabel = "RULE", description = "Only what concerns this rule; with --matrix.")
    private @Nullable String rule;

    @Option(names = "--region", paramLabel = "REGION", description = "Only what concerns this region; with --matrix.")
    private @Nullable String region;

    @Override
    public Integer call() {
        Remote remote = options.remote();
        if (!matrix && rule == null && region == null) {
            JsonNode whole = remote.get("/api/v1/health").body();
            ArrayNode rows = JsonNodeFactory.instance.arrayNode();
            whole.path("region_health").forEach(rows::add);
            options.output.list(out(), whole, rows, REGION);
            return Exit.DONE;
        }
        JsonNode whole = remote.get(
                        "/api/v1/health/matrix?limit=1000" + only("rule_id", rule) + only("region_id", region))
                .body();
        options.output.list(out(), whole, sights(whole), SIGHT);
        return Exit.DONE;
    }

    private static String only(String name, @Nullable String value) {
        return value == null ? "" : "&" + name + "=" + Remote.part(value);
    }

    private static ArrayNode sights(JsonNode whole) {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        for (JsonNode check : whole.path("checks")) {
            for (JsonNode observer : check.path("observers")) {
                ObjectNode row = rows.addObject();
                for (Map.Entry<String, JsonNode> field : check.properties()) {
                    if (!field.getKey().equals("observers")) {
                        row.set(field.getKey(), field.getValue());
                    }
                }
                observer.properties().forEach(field -> row.set(field.getKey(), field.getValue()));
            }
        }
        return rows;
    }
}
