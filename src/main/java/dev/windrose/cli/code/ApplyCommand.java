package dev.windrose.cli.code;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.cli.operate.Differences;
import dev.windrose.cli.operate.Verb;
import dev.windrose.cli.remote.EditOptions;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Failure;
import dev.windrose.cli.remote.Manifests;
import dev.windrose.cli.remote.Output;
import dev.windrose.cli.remote.Progress;
import dev.windrose.cli.remote.Remote;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code windrose plan} and {@code windrose apply}: makes the cluster what files say. */
@Command(
        description = {
            "Compares manifests with the cluster: named fields are set; fields removed from the files return to defaults;",
            "everything else is untouched. If any definition is invalid, nothing is applied.",
            "`windrose plan` shows the differences, `windrose apply` applies them; a second apply finds nothing to do, and an",
            "interrupted one is completed by the next."
        },
        footer = {
            "",
            "Examples:",
            "  windrose plan -f rules/ --set shop",
            "  windrose apply -f rules/ --set shop --prune --reason 'ticket 12'",
            ""
        })
public final class ApplyCommand extends Verb {

    private final boolean applies;

    @Mixin
    private EditOptions edit = new EditOptions();

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "PATH",
            description = "A manifest, or a directory of them. May be repeated.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "Owner of these definitions; those of others are not touched. Default: ${DEFAULT-VALUE}.")
    private String set = "default";

    @Option(names = "--prune", description = "Removes what belongs to the same set and is in no file.")
    private boolean prune;

    @Option(names = "--take-over", description = "Takes over definitions that belong to another set.")
    private boolean takeOver;

    @Option(names = "--exit-code", description = "For plan: ends with 6 if something differs.")
    private boolean exitCode;

    /** @param applies whether differences are made, or only shown */
    public ApplyCommand(boolean applies) {
        this.applies = applies;
    }

    @Override
    public Integer call() {
        ArrayNode manifests = Manifests.read(files);
        Remote remote = options.remote();
        JsonNode plan =
                remote.call("POST", "/api/v1/plan", body(manifests, prune)).body();
        boolean differs = !plan.path("definitions").isEmpty();
        if (!applies || edit.dryRun()) {
            Differences.show(out(), options.output, plan);
            return differs && exitCode ? Exit.DIFFERENT : Exit.DONE;
        }
        int done = differs ? apply(remote, plan, manifests) : 0;
        if (options.output == Output.table) {
            Differences.show(out(), options.output, plan);
            int asTheyWere =
                    plan.path("unchanged").asInt() + plan.path("definitions").size() - done;
            out().println(done + " changed, " + asTheyWere + " as they were");
            out().flush();
        } else {
            options.output.one(out(), plan);
        }
        return Exit.DONE;
    }

    /**
     * One call for each definition, in the order of the plan, so that it can be seen how far it is; returns how many were changed
     * by that, for another apply may have been there first.
     */
    private int apply(Remote remote, JsonNode plan, ArrayNode manifests) {
        try {
            return applied(remote, plan, manifests);
        } catch (Failure failure) {
            if (failure.code() == Exit.STALE) {
                err().println("current differences:");
                err().flush();
                Differences.show(
                        err(),
                        Output.table,
                        remote.call("POST", "/api/v1/plan", body(manifests, prune))
                                .body());
            }
            throw failure;
        }
    }

    private int applied(Remote remote, JsonNode plan, ArrayNode manifests) {
        JsonNode steps = plan.path("definitions");
        JsonNode planned = plan.path("planned");
        Map<String, JsonNode> byName = new HashMap<>();
        manifests.forEach(each -> byName.put(Manifests.name(each), each));
        int called = 0;
        int done = 0;
        try (Progress progress = new Progress(err(), "apply")) {
            for (JsonNode step : steps) {
                ArrayNode one = JsonNodeFactory.instance.arrayNode();
                String name = step.path("definition").asText();
                one.add(byName.containsKey(name) ? byName.get(name) : removal(name));
                ObjectNode body = body(one, false);
                if (called == 0) {
                    // Nothing is begun when anything that the plan read has changed.
                    body.set("planned", planned);
                } else if (planned.has(name)) {
                    body.putObject("planned").set(name, planned.get(name));
                }
                JsonNode answer = remote.call("POST", "/api/v1/apply", body, edit.headers())
                        .body();
                done += answer.path("definitions").size();
                called++;
                progress.at(called, steps.size());
            }
        }
        return done;
    }

    private ObjectNode body(ArrayNode manifests, boolean prunes) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("owner", set).put("prune", prunes).put("take_over", takeOver);
        body.set("definitions", manifests);
        return body;
    }

    private static ObjectNode removal(String definition) {
        String kind = definition.substring(0, definition.indexOf(':'));
        String name = definition.substring(definition.indexOf(':') + 1);
        ObjectNode manifest = JsonNodeFactory.instance.objectNode();
        manifest.put("kind", kind.equals("geo") ? "geographic_rule" : kind);
        manifest.putObject("spec").put(kind.equals("region") ? "region_id" : "rule_id", name);
        return manifest.put("remove", true);
    }
}
