package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.cli.remote.EditOptions;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Remote;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code windrose geography}: where clients go, what that costs them, and what could be better. */
@Command(
        name = "geography",
        description = "Where clients are sent, what that costs them, and how to improve the geographic rules.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {
            GeographyCommand.Traffic.class,
            GeographyCommand.Recommendations.class,
            GeographyCommand.Performance.class,
            GeographyCommand.Optimize.class,
            GeographyCommand.Undo.class
        })
public final class GeographyCommand implements Callable<Integer> {

    private static final String PATH = "/api/v1/geography";
    private static final String OPTIMIZE = "/api/v1/geographic-rules/optimize";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "geography: missing subcommand");
    }

    @Command(
            name = "traffic",
            description = "Where clients of each area were sent, and how much longer that takes than the best region.")
    static final class Traffic extends Verb {

        @Option(names = "--area", paramLabel = "AREA", description = "Only clients of this area.")
        private @Nullable String area;

        @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
        private int limit;

        @Override
        public Integer call() {
            String only = area == null ? "" : "&area=" + Remote.part(area);
            JsonNode traffic = options.remote()
                    .get(PATH + "/traffic?limit=" + limit + only)
                    .body();
            options.output.list(
                    out(),
                    traffic,
                    traffic.path("traffic"),
                    List.of(
                            "client_area",
                            "region",
                            "decisions",
                            "share",
                            "round_trip_ms",
                            "round_trip_samples",
                            "best_region",
                            "best_ms",
                            "added_ms"));
            return Exit.DONE;
        }
    }

    @Command(name = "recommendations", description = "Suggested improvements of the geographic rules.")
    static final class Recommendations extends Verb {

        @Override
        public Integer call() {
            JsonNode found = options.remote().get(PATH + "/recommendations").body();
            options.output.list(
                    out(),
                    found,
                    found.path("recommendations"),
                    List.of(
                            "kind",
                            "rule_id",
                            "areas",
                            "target_regions",
                            "latency_threshold_ms",
                            "gain_ms",
                            "samples",
                            "can_be_applied",
                            "why"));
            return Exit.DONE;
        }
    }

    @Command(
            name = "performance",
            description = "How often each target of a geographic rule was chosen, and its round trip from each area.")
    static final class Performance extends Verb {

        @Parameters(paramLabel = "RULE", description = "A geographic rule.")
        private String rule = "";

        @Override
        public Integer call() {
            JsonNode performance = options.remote()
                    .get(Noun.GEOGRAPHIC_RULE.path(rule) + "/performance")
                    .body();
            options.output.list(
                    out(),
                    performance,
                    ways(performance),
                    List.of(
                            "region",
                            "usage_count",
                            "usage_share",
                            "reported_outcomes",
                            "success_rate",
                            "active_connections",
                            "area",
                            "round_trip_ms",
                            "round_trip_samples",
                            "within_threshold"));
            return Exit.DONE;
        }

        private static ArrayNode ways(JsonNode performance) {
            ArrayNode rows = JsonNodeFactory.instance.arrayNode();
            for (JsonNode target : performance.path("targets")) {
                for (JsonNode way : target.path("round_trips")) {
                    ObjectNode row = rows.addObject();
                    row.setAll((ObjectNode) target);
                    row.setAll((ObjectNode) way);
                }
            }
            return rows;
        }
    }

    /** What shows the changes of an optimisation; a refused one is a failure. */
    abstract static class Changing extends Verb {

        @Mixin
        private EditOptions edit = new EditOptions();

        int send(String path, @Nullable JsonNode body) {
            if (edit.dryRun()) {
                return edit.send(options, out(), "POST", path, body);
            }
            JsonNode done =
                    options.remote().call("POST", path, body, edit.headers()).body();
            String outcome = done.path("dry_run").asBoolean() ? "would be changed" : "changed";
            ArrayNode rows = JsonNodeFactory.instance.arrayNode();
            done.path("changes").forEach(change -> row(rows, done, change, outcome));
            done.path("refused")
                    .forEach(change ->
                            row(rows, done, change, change.path("refused").asText()));
            options.output.list(
                    out(),
                    done,
                    rows,
                    List.of(
                            "optimization_id",
                            "rule_id",
                            "targets_before",
                            "targets_after",
                            "threshold_before",
                            "threshold_after",
                            "outcome",
                            "why"));
            return done.path("refused").isEmpty() ? Exit.DONE : Exit.FAILED;
        }

        private static void row(ArrayNode rows, JsonNode done, JsonNode change, String outcome) {
            ObjectNode row = rows.addObject();
            row.set("optimization_id", done.path("optimization_id"));
            row.set("rule_id", change.path("rule_id"));
            for (String when : List.of("before", "after")) {
                row.set("targets_" + when, change.at("/" + when + "/target_regions"));
                row.set("threshold_" + when, change.at("/" + when + "/latency_threshold_ms"));
            }
            row.put("outcome", outcome);
            row.set("why", change.path("why"));
        }
    }

    @Command(
            name = "optimize",
            description = {
                "What the optimiser would change in the order of targets and in thresholds; --apply changes it.",
                "Ends with 1 if a change was refused, such as of a rule that someone changed in the meantime."
            })
    static final class Optimize extends Changing {

        @Parameters(arity = "0..*", paramLabel = "RULE", description = "Only these geographic rules.")
        private List<String> rules = new ArrayList<>();

        @Option(names = "--apply", description = "Applies the changes. Default: only shows them.")
        private boolean apply;

        @Option(names = "--min-samples", paramLabel = "N", description = "1 to 32. Default: 20.")
        private @Nullable Double minSamples;

        @Option(names = "--min-gain", paramLabel = "MS", description = "0 to 10000. Default: 5.")
        private @Nullable Double minGain;

        @Option(names = "--max-changes", paramLabel = "N", description = "1 to 100. Default: 10.")
        private @Nullable Integer maxChanges;

        @Override
        public Integer call() {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.put("dry_run", !apply);
            if (!rules.isEmpty()) {
                ArrayNode named = body.putArray("rule_ids");
                rules.forEach(named::add);
            }
            if (minSamples != null) {
                body.put("min_samples", minSamples);
            }
            if (minGain != null) {
                body.put("min_gain_ms", minGain);
            }
            if (maxChanges != null) {
                body.put("max_changes", maxChanges);
            }
            return send(OPTIMIZE, body);
        }
    }

    @Command(name = "undo", description = "Reverts an optimisation, except for rules that someone has changed since.")
    static final class Undo extends Changing {

        @Parameters(paramLabel = "OPTIMIZATION", description = "Its id, as optimize --apply shows it.")
        private String optimization = "";

        @Override
        public Integer call() {
            return send(OPTIMIZE + "/" + Remote.part(optimization) + "/undo", null);
        }
    }
}
