package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.cli.remote.EditOptions;
import dev.windrose.cli.remote.Remote;
import dev.windrose.cli.remote.RemoteOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code windrose drain}: says of a region, or of one rule's target, what counts against everything measured. */
@Command(
        name = "drain",
        description = {
            "Empties a region, or one rule's target in it, for a limited time; or overrides its status in another way.",
            "Refused if it would leave a rule without a serving target. `windrose undrain` reverts it."
        })
public final class DrainCommand extends Verb {

    @Mixin
    private EditOptions edit = new EditOptions();

    @Parameters(paramLabel = "REGION")
    private String region = "";

    @Option(names = "--rule", paramLabel = "RULE", description = "Only this rule's target.")
    private @Nullable String rule;

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            defaultValue = "draining",
            description = "draining, unhealthy (at once), degraded or healthy. Default: ${DEFAULT-VALUE}.")
    private String status = "draining";

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "1h",
            description = "Time until it expires. Default: ${DEFAULT-VALUE}.")
    private String lasts = "1h";

    @Option(names = "--over", paramLabel = "TIME", description = "Empties in tenths over this time.")
    private @Nullable String over;

    @Option(names = "--sessions", paramLabel = "TIME", description = "How long clients with an affinity key may stay.")
    private @Nullable String sessions;

    @Option(names = "--approved-by", paramLabel = "NAME", description = "The second person, if one is required.")
    private @Nullable String approver;

    @Override
    public Integer call() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("status", status).put("owner", edit.author()).put("reason", edit.requiredReason());
        body.put("for_seconds", RemoteOptions.time(lasts, "--for").toSeconds());
        if (approver != null) {
            body.put("approved_by", approver);
        }
        if (over != null) {
            body.put("ramp_seconds", RemoteOptions.time(over, "--over").toSeconds());
        }
        if (sessions != null) {
            body.put(
                    "session_seconds",
                    RemoteOptions.time(sessions, "--sessions").toSeconds());
        }
        return edit.send(options, out(), "PUT", path(rule, region), body);
    }

    static String path(@Nullable String rule, String region) {
        return rule == null
                ? Noun.REGION.path(region) + "/override"
                : Noun.RULE.path(rule) + "/overrides/" + Remote.part(region);
    }
}
