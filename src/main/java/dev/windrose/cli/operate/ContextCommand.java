package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.windrose.cli.remote.Contexts;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Output;
import dev.windrose.cli.remote.Remote;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code windrose context}: the clusters that this person works with. */
@Command(
        name = "context",
        description = {
            "The clusters that you work with, by name, in ~/.config/windrose/contexts.yaml.",
            "The file holds no secret: a token is named by where it is."
        },
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {
            ContextCommand.All.class,
            ContextCommand.Set.class,
            ContextCommand.Use.class,
            ContextCommand.Remove.class
        })
public final class ContextCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(spec.commandLine(), "context: missing subcommand");
    }

    /** Where the file is. */
    static final class Where {

        @Option(
                names = "--contexts",
                paramLabel = "FILE",
                description = "Default: $WINDROSE_CONTEXTS, else ~/.config/windrose/contexts.yaml.")
        private @Nullable Path contexts;

        Path file() {
            return contexts != null ? contexts : Contexts.file(System.getenv());
        }
    }

    @Command(name = "list", description = "Lists them; the current one is marked.", mixinStandardHelpOptions = true)
    static final class All implements Callable<Integer> {

        @Mixin
        private Where where = new Where();

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FORM",
                defaultValue = "table",
                description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
        private Output output = Output.table;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            Contexts contexts = Contexts.read(where.file());
            ArrayNode rows = JsonNodeFactory.instance.arrayNode();
            contexts.all()
                    .forEach((name, context) -> rows.addObject()
                            .put("current", name.equals(contexts.current()) ? "*" : "")
                            .put("name", name)
                            .put("server", context.server())
                            .put("token", context.token()));
            output.list(spec.commandLine().getOut(), rows, rows, List.of("current", "name", "server", "token"));
            return Exit.DONE;
        }
    }

    @Command(name = "set", description = "Creates or changes one.", mixinStandardHelpOptions = true)
    static final class Set implements Callable<Integer> {

        @Mixin
        private Where where = new Where();

        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Option(names = "--server", required = true, paramLabel = "URL", description = "Of a node's API.")
        private String server = "";

        @Option(names = "--token", paramLabel = "WHERE", defaultValue = "", description = "env:NAME or file:PATH.")
        private String token = "";

        @Override
        public Integer call() throws IOException {
            Contexts.requireName(name);
            Contexts.requireReference(token, "--token");
            // Refuses what is no address, before it is kept.
            new Remote(server, null, Duration.ofSeconds(1)).server();
            Contexts contexts = Contexts.read(where.file());
            Map<String, Contexts.Context> all = new TreeMap<>(contexts.all());
            all.put(name, new Contexts.Context(server, token));
            new Contexts(contexts.current().isEmpty() ? name : contexts.current(), all).write(where.file());
            return Exit.DONE;
        }
    }

    @Command(name = "use", description = "Makes one the current one.", mixinStandardHelpOptions = true)
    static final class Use implements Callable<Integer> {

        @Mixin
        private Where where = new Where();

        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Override
        public Integer call() throws IOException {
            Contexts contexts = Contexts.read(where.file());
            contexts.named(name);
            new Contexts(name, contexts.all()).write(where.file());
            return Exit.DONE;
        }
    }

    @Command(name = "remove", description = "Removes one.", mixinStandardHelpOptions = true)
    static final class Remove implements Callable<Integer> {

        @Mixin
        private Where where = new Where();

        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Override
        public Integer call() throws IOException {
            Contexts contexts = Contexts.read(where.file());
            contexts.named(name);
            Map<String, Contexts.Context> all = new TreeMap<>(contexts.all());
            all.remove(name);
            new Contexts(contexts.current().equals(name) ? "" : contexts.current(), all).write(where.file());
            return Exit.DONE;
        }
    }
}
