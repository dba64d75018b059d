package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.cli.remote.EditOptions;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Failure;
import dev.windrose.cli.remote.Remote;
import dev.windrose.decide.geo.LatencyCsv;
import dev.windrose.decide.geo.LatencyMap;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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

/** {@code windrose latency}: what is known of the round trips from places of clients to regions. */
@Command(
        name = "latency",
        description = "The latency map: learned round trips from places of clients to regions.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {
            LatencyCommand.Show.class,
            LatencyCommand.Export.class,
            LatencyCommand.Import.class,
            LatencyCommand.Forget.class
        })
public final class LatencyCommand implements Callable<Integer> {

    private static final String PATH = "/api/v1/latency-map";
    private static final String CSV = "text/csv";
    private static final long BYTES_AT_MOST = 32L << 20;
    private static final List<String> COLUMNS = List.of(
            "place",
            "within",
            "traffic",
            "region",
            "estimate_ms",
            "by",
            "mean_ms",
            "spread_ms",
            "samples",
            "age_seconds");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "latency: missing subcommand");
    }

    @Command(
            name = "show",
            description = "The places, those with the most traffic first, and the round trip to each region.")
    static final class Show extends Verb {

        @Parameters(
                arity = "0..1",
                paramLabel = "PLACE",
                description = "Only this one: an area or region, a block of /24 or /48, or @LATITUDE:LONGITUDE.")
        private @Nullable String place;

        @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
        private int limit;

        @Option(names = "--offset", paramLabel = "N", defaultValue = "0", description = "Default: ${DEFAULT-VALUE}.")
        private int offset;

        @Override
        public Integer call() {
            String only = place == null ? "" : "&from=" + Remote.part(place);
            JsonNode map = options.remote()
                    .get(PATH + "?limit=" + limit + "&offset=" + offset + only)
                    .body();
            options.output.list(out(), map, ways(map), COLUMNS);
            return Exit.DONE;
        }

        private static ArrayNode ways(JsonNode map) {
            ArrayNode rows = JsonNodeFactory.instance.arrayNode();
            for (JsonNode place : map.path("places")) {
                for (JsonNode way : place.path("regions")) {
                    ObjectNode row = rows.addObject();
                    List.of("place", "within", "traffic").forEach(field -> row.set(field, place.get(field)));
                    row.setAll((ObjectNode) way);
                }
            }
            return rows;
        }
    }

    @Command(
            name = "export",
            description = "Writes what the node measured itself or imported, as CSV that import reads.")
    static final class Export extends Verb {

        @Parameters(arity = "0..1", paramLabel = "FILE", description = "Must not exist. Default: standard output.")
        private @Nullable Path file;

        @Override
        public Integer call() throws IOException {
            if (file != null && Files.exists(file)) {
                throw Failure.wrong(file + ": exists already (expected: a new file)");
            }
            String csv = options.remote().text(PATH + "?format=csv", CSV);
            if (file == null) {
                out().print(csv);
                out().flush();
            } else {
                Files.writeString(file, csv);
            }
            return Exit.DONE;
        }
    }

    @Command(
            name = "import",
            description = {
                "Replaces what is known of the pairs in a CSV file: all lines or, if one is invalid, none.",
                "Its header is from,to,rtt_ms,spread_ms,samples,age_seconds; the last three columns are optional."
            })
    static final class Import extends Verb {

        @Mixin
        private EditOptions edit = new EditOptions();

        @Parameters(paramLabel = "FILE")
        private Path file = Path.of("");

        @Override
        public Integer call() throws IOException {
            String csv = text(file);
            List<LatencyMap.Place> places;
            try {
                places = LatencyCsv.parse(csv.lines().iterator());
            } catch (IllegalArgumentException e) {
                throw Failure.wrong(file + ": " + e.getMessage());
            }
            if (edit.dryRun()) {
                ObjectNode would = JsonNodeFactory.instance.objectNode();
                would.put("would_send", "PUT " + PATH);
                would.put("places", places.size());
                would.put(
                        "round_trips",
                        places.stream().mapToInt(place -> place.legs().size()).sum());
                options.output.one(out(), would);
                return Exit.DONE;
            }
            options.output.one(
                    out(),
                    options.remote().call("PUT", PATH, csv, CSV, edit.headers()).body());
            return Exit.DONE;
        }

        private static String text(Path file) throws IOException {
            try {
                if (Files.size(file) > BYTES_AT_MOST) {
                    throw Failure.wrong(
                            file + ": " + Files.size(file) + " bytes (expected: at most " + BYTES_AT_MOST + ")");
                }
                return Files.readString(file);
            } catch (NoSuchFileException e) {
                throw Failure.wrong(file + ": missing (expected: a file)");
            } catch (CharacterCodingException e) {
                throw Failure.wrong(file + ": not UTF-8 (expected: CSV)");
            }
        }
    }

    @Command(
            name = "forget",
            description = "Forgets a place on the node that is asked, until it is measured or received again.")
    static final class Forget extends Verb {

        @Mixin
        private EditOptions edit = new EditOptions();

        @Parameters(paramLabel = "PLACE", description = "As shown by windrose latency show.")
        private String place = "";

        @Override
        public Integer call() {
            return edit.send(options, out(), "DELETE", PATH + "/" + Remote.part(place), null);
        }
    }
}
