package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.cli.remote.EditOptions;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Failure;
import dev.windrose.cli.remote.Output;
import dev.windrose.cli.remote.Remote;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code windrose cluster}: the nodes, as one of them sees them. */
@Command(
        name = "cluster",
        description = {
            "The cluster as one node sees it: members and regions, alarms, shards; lets members leave or declares them",
            "down; takes a node out of its load balancers; sets log levels. See also `windrose region evict`."
        },
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {
            ClusterCommand.Members.class,
            ClusterCommand.Alarms.class,
            ClusterCommand.Regions.class,
            ClusterCommand.Shards.class,
            ClusterCommand.Leave.class,
            ClusterCommand.Down.class,
            ClusterCommand.Drain.class,
            ClusterCommand.Undrain.class,
            ClusterCommand.Logs.class
        })
public final class ClusterCommand implements Callable<Integer> {

    private static final String PATH = "/api/v1/cluster";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "cluster: missing subcommand");
    }

    @Command(name = "members", description = "The members of the cluster.")
    static final class Members extends Verb {

        @Override
        public Integer call() {
            JsonNode cluster = options.remote().get(PATH).body();
            options.output.list(
                    out(),
                    cluster,
                    cluster.path("members"),
                    List.of("address", "region", "status", "reachable", "self", "leader", "clock_ahead_ms", "roles"));
            return Exit.DONE;
        }
    }

    @Command(name = "alarms", description = "The alarms of this node; ends with 1 if there are any.")
    static final class Alarms extends Verb {

        @Override
        public Integer call() {
            JsonNode raised = options.remote().get("/api/v1/alarms").body();
            options.output.list(out(), raised, raised.path("alarms"), List.of("kind", "source", "since", "detail"));
            return raised.path("alarms").isEmpty() ? Exit.DONE : Exit.FAILED;
        }
    }

    @Command(
            name = "regions",
            description = "The regions, with their members; ends with 1 if one has no reachable member.")
    static final class Regions extends Verb {

        @Override
        public Integer call() {
            JsonNode cluster = options.remote().get(PATH).body();
            options.output.list(out(), cluster, cluster.path("regions"), List.of("region", "nodes", "reachable"));
            for (JsonNode region : cluster.path("regions")) {
                if (region.path("reachable").asInt() == 0) {
                    return Exit.FAILED;
                }
            }
            return Exit.DONE;
        }
    }

    @Command(name = "shards", description = "The shards that the node holds, with the number of definitions in each.")
    static final class Shards extends Verb {

        @Override
        public Integer call() {
            JsonNode shards = options.remote().get(PATH + "/shards").body();
            options.output.list(out(), shards, shards.path("shards"), List.of("shard", "definitions"));
            return Exit.DONE;
        }
    }

    /** An order that has an owner and a reason. */
    abstract static class Order extends Verb {

        @Mixin
        private EditOptions edit = new EditOptions();

        int send(String method, String path) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.put("owner", edit.author()).put("reason", edit.requiredReason());
            return edit.send(options, out(), method, path, body);
        }
    }

    @Command(
            name = "leave",
            description =
                    "Asks a member to leave in good order. If it continues to run, it rejoins by itself: stop it.")
    static final class Leave extends Order {

        @Parameters(paramLabel = "ADDRESS", description = "As shown by windrose cluster members.")
        private String address = "";

        @Override
        public Integer call() {
            return send("POST", PATH + "/members/" + Remote.part(address) + "/leave");
        }
    }

    @Command(name = "down", description = "Declares an unreachable member down; refused while it is reachable.")
    static final class Down extends Order {

        @Parameters(paramLabel = "ADDRESS", description = "As shown by windrose cluster members.")
        private String address = "";

        @Override
        public Integer call() {
            return send("POST", PATH + "/members/" + Remote.part(address) + "/down");
        }
    }

    @Command(
            name = "drain",
            description = {
                "Takes the node that is asked out of its load balancers: its /health/ready answers 503, and it continues to decide,",
                "until `windrose cluster undrain` or its next start."
            })
    static final class Drain extends Order {

        @Override
        public Integer call() {
            return send("PUT", PATH + "/drain");
        }
    }

    @Command(name = "undrain", description = "Ends the drain.")
    static final class Undrain extends Verb {

        @Mixin
        private EditOptions edit = new EditOptions();

        @Override
        public Integer call() {
            return edit.send(options, out(), "DELETE", PATH + "/drain", null);
        }
    }

    @Command(
            name = "logs",
            description = "The log levels of the node; LOGGER and LEVEL change one until its next start.")
    static final class Logs extends Verb {

        @Mixin
        private EditOptions edit = new EditOptions();

        @Parameters(
                index = "0",
                arity = "0..1",
                paramLabel = "LOGGER",
                description = "Such as dev.windrose.live.health.")
        private @Nullable String logger;

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "LEVEL",
                description = "trace, debug, info, warn, error, off; inherited removes it.")
        private @Nullable String level;

        @Override
        public Integer call() {
            if (logger == null) {
                JsonNode levels = options.remote().get(PATH + "/log-levels").body();
                options.output.one(out(), options.output == Output.table ? levels.path("levels") : levels);
                return Exit.DONE;
            }
            if (level == null) {
                throw Failure.wrong("LEVEL: missing (expected: trace, debug, info, warn, error, off or inherited)");
            }
            return edit.send(
                    options,
                    out(),
                    "PUT",
                    PATH + "/log-levels/" + Remote.part(logger),
                    JsonNodeFactory.instance.objectNode().put("level", level));
        }
    }
}
