package dev.windrose.cli.operate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.boot.AuditFile;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Failure;
import dev.windrose.cli.remote.Output;
import dev.windrose.cli.remote.Remote;
import dev.windrose.decide.audit.AuditChain;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code windrose audit}: who did what, and whether nobody changed that afterwards. */
@Command(
        name = "audit",
        description = "Who did what, as a file; and whether nobody changed the file. Needs the role auditor or admin.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {AuditCommand.Export.class, AuditCommand.Verify.class},
        footer = {"", "Examples:", "  windrose audit export > audit.jsonl", "  windrose audit verify audit.jsonl"})
public final class AuditCommand implements Callable<Integer> {

    private static final String PATH = "/api/v1/audit";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LINES = "application/x-ndjson";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "audit: no command");
    }

    @Command(
            name = "export",
            description = "Prints the entries that this region's journal has, a line of JSON each, chain after chain.")
    static final class Export extends Verb {

        @Option(
                names = "--chain",
                paramLabel = "CHAIN",
                description = "Only the entries of this node, REGION/HOST:PORT.")
        private @Nullable String chain;

        @Override
        public Integer call() {
            List<String> chains = new ArrayList<>();
            JsonNode newest = options.remote().get(PATH + "/chains").body().path("newest");
            if (chain == null) {
                newest.fieldNames().forEachRemaining(chains::add);
            } else if (newest.has(chain)) {
                chains.add(chain);
            } else {
                throw new Failure(Exit.UNKNOWN, "chain: '" + chain + "' does not exist");
            }
            for (String each : chains) {
                print(options.remote(), each, newest.path(each).asLong(), out());
            }
            out().flush();
            return Exit.DONE;
        }

        /** Up to the entry that was the newest when it began, so that it comes to an end. */
        private static void print(Remote remote, String chain, long newest, PrintWriter out) {
            long after = 0;
            while (after < newest) {
                String page = remote.text(PATH + "?chain=" + Remote.part(chain) + "&after=" + after, LINES);
                if (page.isBlank()) {
                    return;
                }
                out.print(page);
                after = sequence(page.substring(page.lastIndexOf('\n', page.length() - 2) + 1));
            }
        }

        private static long sequence(String line) {
            try {
                return JSON.readTree(line).path("sequence").asLong(Long.MAX_VALUE);
            } catch (JsonProcessingException e) {
                throw new Failure(Exit.FAILED, "audit: the node answered with no line of JSON");
            }
        }
    }

    @Command(
            name = "verify",
            description = {
                "Looks at every entry of an exported file: whether it is what was written, and follows the one before it.",
                "Prints the newest hash of each chain; what was cut off at the end is found by comparing it with an older one."
            })
    static final class Verify implements Callable<Integer> {

        @Parameters(paramLabel = "FILE", description = "Of windrose audit export.")
        private Path file = Path.of("");

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FORM",
                defaultValue = "table",
                description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
        private Output output = Output.table;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException {
            if (!Files.isReadable(file)) {
                throw Failure.wrong("file: " + file + " (expected: a file that can be read)");
            }
            AuditChain.Verified verified = verified(file);
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("entries", verified.entries());
            json.put("wrong", verified.wrong());
            verified.heads().forEach(json.putObject("heads")::put);
            output.one(spec.commandLine().getOut(), json);
            return verified.wrong() == null ? Exit.DONE : Exit.FAILED;
        }

        private static AuditChain.Verified verified(Path file) throws IOException {
            try {
                return AuditFile.verify(file);
            } catch (IllegalArgumentException e) {
                throw new Failure(Exit.FAILED, "file: " + e.getMessage());
            }
        }
    }
}
