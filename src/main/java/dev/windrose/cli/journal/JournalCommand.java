package dev.windrose.cli.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.boot.Capabilities;
import dev.windrose.boot.OfflineJournal;
import dev.windrose.boot.settings.Settings;
import dev.windrose.cli.operate.Verb;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Failure;
import dev.windrose.cli.remote.Output;
import dev.windrose.cli.remote.Progress;
import dev.windrose.cli.remote.Remote;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code windrose journal}: what can be done with a region's journal. */
@Command(
        name = "journal",
        description = {
            "Verifies, copies, replays and repairs the journal of a stopped node.",
            "`windrose journal status` asks a running node what it has received."
        },
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {
            JournalCommand.Status.class,
            JournalCommand.Verify.class,
            JournalCommand.Export.class,
            JournalCommand.Import.class,
            JournalCommand.Replay.class,
            JournalCommand.Repair.class
        })
public final class JournalCommand implements Runnable {

    private static final Duration ASKED_AT_MOST = Duration.ofSeconds(15);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(spec.commandLine(), "journal: missing subcommand");
    }

    /** What all of them have that open a journal themselves. */
    @Command(
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Exit codes: 0 done and sound, 1 failed or damaged, 2 invalid option or setting, or the node runs."
            })
    abstract static class Offline implements Callable<Integer> {

        @Option(names = "--region", paramLabel = "REGION", description = "As for windrose node.")
        private @Nullable String region;

        @Option(names = "--config", paramLabel = "FILE", description = "As for windrose node.")
        private @Nullable Path config;

        @Option(names = "--set", paramLabel = "KEY=VALUE", description = "As for windrose node. May be repeated.")
        private Map<String, String> sets = new LinkedHashMap<>();

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FORM",
                defaultValue = "table",
                description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
        private Output output = Output.table;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        /** What it does with the journal; its answer is shown. */
        abstract ObjectNode work(OfflineJournal journal, OfflineJournal.Progress progress)
                throws SQLException, IOException;

        /** Whether the answer is a good one. */
        boolean good(JsonNode answer) {
            return true;
        }

        @Override
        public Integer call() throws SQLException, IOException {
            Map<String, String> all = new LinkedHashMap<>(sets);
            if (region != null) {
                all.put("windrose.node.region", region);
            }
            Settings settings = Capabilities.settings(new Settings.Sources(config, all, System.getenv()));
            try (OfflineJournal journal = OfflineJournal.open(settings);
                    Progress progress = new Progress(spec.commandLine().getErr(), spec.name())) {
                ObjectNode answer = work(journal, progress::at);
                output.one(spec.commandLine().getOut(), answer);
                return good(answer) ? Exit.DONE : Exit.FAILED;
            }
        }
    }

    @Command(
            name = "status",
            description = "How many definitions a running node has received, and the hash of their states.")
    static final class Status extends Verb {

        @Override
        public Integer call() {
            options.output.one(out(), options.remote().get("/api/v1/journal").body());
            return Exit.DONE;
        }
    }

    @Command(
            name = "verify",
            description = {
                "Checks every event: whether it can be read, whether positions are missing or out of order, and whether the",
                "snapshots match the events. Prints the hash of the state that results from the events."
            })
    static final class Verify extends Offline {

        @Override
        ObjectNode work(OfflineJournal journal, OfflineJournal.Progress progress) throws SQLException, IOException {
            return journal.verify(progress);
        }

        @Override
        boolean good(JsonNode answer) {
            return answer.path("sound").asBoolean();
        }
    }

    @Command(name = "export", description = "Writes all events to a file, as they are stored.")
    static final class Export extends Offline {

        @Parameters(paramLabel = "FILE")
        private Path file = Path.of("");

        @Override
        ObjectNode work(OfflineJournal journal, OfflineJournal.Progress progress) throws SQLException, IOException {
            return journal.export(file, progress);
        }
    }

    @Command(name = "import", description = "Writes the events of such a file into the journal, which must be empty.")
    static final class Import extends Offline {

        @Parameters(paramLabel = "FILE")
        private Path file = Path.of("");

        @Override
        ObjectNode work(OfflineJournal journal, OfflineJournal.Progress progress) throws SQLException, IOException {
            return journal.importFrom(file, progress);
        }
    }

    @Command(
            name = "replay",
            description = {
                "Writes all events into an empty database and applies them, with figures and the hash of the state.",
                "With --same-as, the hash must match that of a running node."
            })
    static final class Replay extends Offline {

        @Option(
                names = "--to",
                required = true,
                paramLabel = "WHERE",
                description = "A directory, which a node can use as its data directory afterwards, or a JDBC address.")
        private String to = "";

        @Option(names = "--same-as", paramLabel = "URL", description = "A node's API, such as http://127.0.0.1:8029.")
        private @Nullable String sameAs;

        @Override
        ObjectNode work(OfflineJournal journal, OfflineJournal.Progress progress) throws SQLException, IOException {
            ObjectNode answer = journal.replay(to, progress);
            if (sameAs != null) {
                JsonNode live = new Remote(sameAs, System.getenv("WINDROSE_TOKEN"), ASKED_AT_MOST)
                        .get("/api/v1/journal")
                        .body();
                answer.set("state_hash_live", live.path("state_hash"));
                answer.put("same", live.path("state_hash").equals(answer.path("state_hash")));
            }
            return answer;
        }

        @Override
        boolean good(JsonNode answer) {
            return answer.path("same").asBoolean(true);
        }
    }

    @Command(
            name = "repair",
            description = {
                "Makes a journal readable again: unreadable events become events that change nothing, missing positions get",
                "one, and deviating snapshots are dropped. What a definition lacks then comes from the other regions.",
                "Without --yes, it only reports what it would do."
            })
    static final class Repair extends Offline {

        @Option(names = "--yes", description = "Carries out the repair.")
        private boolean yes;

        @Option(
                names = "--keep",
                paramLabel = "FILE",
                description = "File for the rows that are overwritten; required with --yes.")
        private @Nullable Path kept;

        @Override
        ObjectNode work(OfflineJournal journal, OfflineJournal.Progress progress) throws SQLException, IOException {
            Path file = kept;
            if (yes && file == null) {
                throw Failure.wrong("--keep: missing (expected: a file for the rows that are overwritten)");
            }
            return journal.repair(file == null ? Path.of("unused") : file, !yes, progress);
        }

        @Override
        boolean good(JsonNode answer) {
            return answer.path("left").isEmpty();
        }
    }
}
