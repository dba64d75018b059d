package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.cli.remote.EditOptions;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Remote;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code windrose replay}: what was, out of the journal. */
@Command(
        name = "replay",
        description = "Reconstructs past states from the journal, and restores them.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {
            ReplayCommand.State.class,
            ReplayCommand.Decision.class,
            ReplayCommand.Diff.class,
            ReplayCommand.Back.class
        })
public final class ReplayCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(spec.commandLine(), "replay: missing subcommand");
    }

    @Command(name = "state", description = "A past definition.")
    static final class State extends Verb {

        @Parameters(paramLabel = "DEFINITION", description = "rule:NAME, geo:NAME or region:NAME.")
        private String definition = "";

        @Option(names = "--at", required = true, paramLabel = "TIME", description = "Such as 2026-01-31T12:00:00Z.")
        private String at = "";

        @Override
        public Integer call() {
            options.output.one(
                    out(),
                    options.remote()
                            .get(DefinitionName.of(definition).path() + "?at=" + Remote.part(at))
                            .body());
            return Exit.DONE;
        }
    }

    @Command(
            name = "decision",
            description = {
                "Where a client was sent by the rules of an instant, the overrides then in force and the failovers then",
                "recorded, and where it is sent by the same rules without them. Past health measurements are not stored."
            })
    static final class Decision extends Verb {

        @Parameters(index = "0", paramLabel = "RULE")
        private String rule = "";

        @Parameters(index = "1", paramLabel = "PLACE", description = "An area or a region.")
        private String place = "";

        @Option(names = "--at", required = true, paramLabel = "TIME", description = "Such as 2026-01-31T12:00:00Z.")
        private String at = "";

        @Option(names = "--affinity", paramLabel = "KEY")
        private @Nullable String affinity;

        @Override
        public Integer call() {
            ObjectNode body = JsonNodeFactory.instance.objectNode().put("at", at);
            ObjectNode client = body.putArray("clients").addObject();
            client.put("rule_id", rule).put("client_region", place);
            if (affinity != null) {
                client.put("affinity_key", affinity);
            }
            JsonNode then = options.remote()
                    .call("POST", "/api/v1/simulate", body)
                    .body()
                    .path("clients")
                    .path(0);
            ObjectNode shown = JsonNodeFactory.instance.objectNode().put("at", at);
            shown.put("rule_id", rule).put("client_region", place);
            shown.set("region", then.path("before"));
            shown.set("selection_reason", then.path("selection_reason"));
            shown.set("tier", then.path("tier"));
            options.output.one(out(), shown);
            return then.path("before").isTextual() ? Exit.DONE : Exit.UNKNOWN;
        }
    }

    @Command(name = "diff", description = "What differs between two instants; the second defaults to now.")
    static final class Diff extends Verb {

        @Parameters(paramLabel = "DEFINITION", arity = "0..1", description = "Only this one.")
        private @Nullable String definition;

        @Option(names = "--from", required = true, paramLabel = "TIME", description = "Such as 2026-01-31T12:00:00Z.")
        private String from = "";

        @Option(names = "--to", paramLabel = "TIME")
        private @Nullable String to;

        @Override
        public Integer call() {
            StringBuilder path = new StringBuilder("/api/v1/diff?from=").append(Remote.part(from));
            if (to != null) {
                path.append("&to=").append(Remote.part(to));
            }
            if (definition != null) {
                path.append("&definition=")
                        .append(Remote.part(DefinitionName.of(definition).key()));
            }
            Differences.show(
                    out(), options.output, options.remote().get(path.toString()).body());
            return Exit.DONE;
        }
    }

    @Command(
            name = "rollback",
            description = {
                "Restores definitions as they were at an instant, with new changes that are in the history like all others.",
                "Overrides, failovers and evacuations stay as they are. --dry-run shows what would change."
            })
    static final class Back extends Verb {

        @Mixin
        private EditOptions edit = new EditOptions();

        @Parameters(paramLabel = "DEFINITION", arity = "0..*", description = "Only these. Default: all.")
        private List<String> definitions = new ArrayList<>();

        @Option(names = "--to", required = true, paramLabel = "TIME", description = "Such as 2026-01-31T12:00:00Z.")
        private String to = "";

        @Override
        public Integer call() {
            ObjectNode body =
                    JsonNodeFactory.instance.objectNode().put("to", to).put("dry_run", edit.dryRun());
            if (!definitions.isEmpty()) {
                definitions.forEach(each -> body.withArray("/definitions")
                        .add(DefinitionName.of(each).key()));
            }
            JsonNode done = options.remote()
                    .call("POST", "/api/v1/rollback", body, edit.headers())
                    .body();
            Differences.show(out(), options.output, done);
            return Exit.DONE;
        }
    }
}
