package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.cli.remote.EditOptions;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Progress;
import dev.windrose.cli.remote.Remote;
import dev.windrose.cli.remote.RemoteOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code windrose evacuate}: empties a whole region by a plan, watched. */
@Command(
        name = "evacuate",
        description = "Empties a whole region in steps, with a plan; supervised, and aborted if it does harm.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {
            EvacuateCommand.Plan.class,
            EvacuateCommand.Start.class,
            EvacuateCommand.Status.class,
            EvacuateCommand.Undo.class
        })
public final class EvacuateCommand implements Runnable {

    private static final long LOOK_EVERY_MS = 500;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(spec.commandLine(), "evacuate: missing subcommand");
    }

    private static String path(String region) {
        return Noun.REGION.path(region) + "/evacuation";
    }

    @Command(
            name = "plan",
            description = "What would move where, and which regions would exceed their capacity. Moves nothing.")
    static final class Plan extends Verb {

        @Parameters(paramLabel = "REGION")
        private String region = "";

        @Override
        public Integer call() {
            JsonNode plan = options.remote().get(path(region) + "/plan").body();
            options.output.one(out(), plan);
            return plan.path("safe").asBoolean() ? Exit.DONE : Exit.FAILED;
        }
    }

    @Command(
            name = "start",
            description = "Starts it; with --wait, returns when the region is empty, and fails if it was aborted.")
    static final class Start extends Verb {

        @Mixin
        private EditOptions edit = new EditOptions();

        @Parameters(paramLabel = "REGION")
        private String region = "";

        @Option(names = "--over", paramLabel = "TIME", defaultValue = "30s", description = "Default: ${DEFAULT-VALUE}.")
        private String over = "30s";

        @Option(names = "--for", paramLabel = "TIME", defaultValue = "1h", description = "Default: ${DEFAULT-VALUE}.")
        private String lasts = "1h";

        @Option(names = "--max-error-rate", paramLabel = "SHARE", description = "0 to 1. Default: 0.05.")
        private @Nullable Double maxErrorRate;

        @Option(names = "--approved-by", paramLabel = "NAME")
        private @Nullable String approver;

        @Option(names = "--rehearse", description = "Dry run: plans and watches, moves no traffic.")
        private boolean rehearse;

        @Option(names = "--wait", description = "Returns when it is over.")
        private boolean wait;

        @Override
        public Integer call() throws InterruptedException {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.put("owner", edit.author()).put("reason", edit.requiredReason());
            body.put("over_seconds", RemoteOptions.time(over, "--over").toSeconds());
            body.put("for_seconds", RemoteOptions.time(lasts, "--for").toSeconds());
            body.put("rehearse", rehearse);
            if (maxErrorRate != null) {
                body.put("max_error_rate", maxErrorRate);
            }
            if (approver != null) {
                body.put("approved_by", approver);
            }
            if (!wait || edit.dryRun()) {
                return edit.send(options, out(), "POST", path(region), body);
            }
            Remote remote = options.remote();
            remote.call("POST", path(region), body, edit.headers());
            return watched(remote);
        }

        private int watched(Remote remote) throws InterruptedException {
            try (Progress progress = new Progress(err(), region)) {
                while (true) {
                    JsonNode now = remote.get(path(region)).body();
                    double left = now.path("share_left").asDouble(0);
                    progress.at(Math.round((1 - left) * 100), 100);
                    if (!now.path("phase").asText().equals("running")) {
                        options.output.one(out(), now);
                        return now.path("phase").asText().equals("empty") ? Exit.DONE : Exit.FAILED;
                    }
                    Thread.sleep(LOOK_EVERY_MS);
                }
            }
        }
    }

    @Command(name = "status", description = "Its progress, or how the last one ended.")
    static final class Status extends Verb {

        @Parameters(paramLabel = "REGION")
        private String region = "";

        @Override
        public Integer call() {
            options.output.one(out(), options.remote().get(path(region)).body());
            return Exit.DONE;
        }
    }

    @Command(name = "undo", description = "Reverts it: the traffic returns.")
    static final class Undo extends Verb {

        @Mixin
        private EditOptions edit = new EditOptions();

        @Parameters(paramLabel = "REGION")
        private String region = "";

        @Override
        public Integer call() {
            return edit.send(options, out(), "DELETE", path(region), null);
        }
    }
}
