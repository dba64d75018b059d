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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
        description = "Exports the audit, and verifies that nobody altered it. Needs the role auditor or admin.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {AuditCommand.Export.class, AuditCommand.Heads.class, AuditCommand.Verify.class},
        footer = {
            "",
            "Examples:",
            "  windrose audit export > audit.jsonl",
            "  windrose audit heads > heads.txt",
            "  windrose audit verify audit.jsonl --heads heads.txt"
        })
public final class AuditCommand implements Callable<Integer> {

    private static final String PATH = "/api/v1/audit";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LINES = "application/x-ndjson";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "audit: missing subcommand");
    }

    @Command(
            name = "export",
            description = "Prints the entries in this region's journal, one line of JSON each, chain by chain.")
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
                long last = sequence(page.substring(page.lastIndexOf('\n', page.length() - 2) + 1));
                if (last <= after) {
                    out.flush();
                    throw new Failure(
                            Exit.FAILED, "audit: chain " + chain + ", after entry " + after + ": an entry was altered");
                }
                after = last;
            }
        }

        private static long sequence(String line) {
            try {
                return JSON.readTree(line).path("sequence").asLong(Long.MAX_VALUE);
            } catch (JsonProcessingException e) {
                throw new Failure(Exit.FAILED, "audit: an entry was altered: it is not a line of JSON");
            }
        }
    }

    @Command(
            name = "heads",
            description = {
                "Prints the newest entry of each chain: CHAIN=SEQUENCE:HASH, one per line.",
                "Stored elsewhere, they later show whether a chain was truncated or rewritten."
            })
    static final class Heads extends Verb {

        @Override
        public Integer call() {
            JsonNode chains = options.remote().get(PATH + "/chains").body();
            chains.path("heads")
                    .properties()
                    .forEach(head -> out().println(head.getKey() + "="
                            + chains.path("newest").path(head.getKey()).asLong() + ":"
                            + head.getValue().asText()));
            out().flush();
            return Exit.DONE;
        }
    }

    @Command(
            name = "verify",
            description = {
                "Checks every entry of an exported file: that the line is exactly what was written, and follows the one before.",
                "Prints the first and last entry of each chain, and its newest hash. Truncated or rewritten chains are detected"
                        + " only with heads that were stored elsewhere.",
                "Exit codes: 0 unaltered, 1 altered, 2 invalid option or file, 7 the file has no entries."
            })
    static final class Verify implements Callable<Integer> {

        private static final Pattern HEAD = Pattern.compile("([^=\\s]{1,255})=([0-9]{1,18}):([0-9a-f]{64})");

        @Parameters(paramLabel = "FILE", description = "The output of windrose audit export.")
        private Path file = Path.of("");

        @Option(
                names = "--head",
                paramLabel = "CHAIN=SEQUENCE:HASH",
                description = "An entry that must be in the file, as windrose audit heads printed it. May be repeated.")
        private List<String> heads = new ArrayList<>();

        @Option(names = "--heads", paramLabel = "FILE", description = "The same, one per line.")
        private @Nullable Path headsFile;

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
            AuditChain.Verified verified = verified(readable("file", file), heads());
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("entries", verified.entries());
            json.put("wrong", verified.wrong());
            ObjectNode chains = json.putObject("chains");
            verified.chains()
                    .forEach((chain, seen) -> chains.putObject(chain)
                            .put("first", seen.first())
                            .put("last", seen.last())
                            .put("hash", seen.hash()));
            output.one(spec.commandLine().getOut(), json);
            if (verified.wrong() != null) {
                return Exit.FAILED;
            }
            return verified.entries() == 0 ? Exit.EMPTY : Exit.DONE;
        }

        private List<AuditChain.Head> heads() throws IOException {
            List<String> given = new ArrayList<>(heads);
            if (headsFile != null) {
                Files.readAllLines(readable("--heads", headsFile)).stream()
                        .filter(line -> !line.isBlank())
                        .forEach(given::add);
            }
            List<AuditChain.Head> parsed = new ArrayList<>();
            for (String text : given) {
                Matcher parts = HEAD.matcher(text.strip());
                if (!parts.matches()) {
                    throw Failure.wrong("--head: '" + text + "' (expected: CHAIN=SEQUENCE:HASH, as windrose audit heads"
                            + " prints it)");
                }
                parsed.add(new AuditChain.Head(parts.group(1), Long.parseLong(parts.group(2)), parts.group(3)));
            }
            return parsed;
        }

        private static Path readable(String what, Path file) {
            if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                throw Failure.wrong(what + ": " + file + " (expected: a readable file)");
            }
            return file;
        }

        private static AuditChain.Verified verified(Path file, List<AuditChain.Head> heads) throws IOException {
            try {
                return AuditFile.verify(file, heads);
            } catch (IllegalArgumentException e) {
                throw new Failure(Exit.FAILED, "file: " + e.getMessage());
            }
        }
    }
}
