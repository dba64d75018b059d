package dev.windrose.boot;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.boot.part.AkkaConfigs;
import dev.windrose.boot.part.DataDir;
import dev.windrose.boot.settings.DefinitionSection;
import dev.windrose.boot.settings.Settings;
import dev.windrose.boot.settings.WrongSetting;
import dev.windrose.live.journal.Database;
import dev.windrose.live.journal.JournalCheck;
import dev.windrose.live.journal.JournalRepair;
import dev.windrose.live.journal.JournalSettings;
import dev.windrose.live.journal.JournalTools;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The journal of a stopped node, for checks, copies and repairs. Holds the lock on the node's files, or on its database
 * in PostgreSQL, so that the node cannot start in the meantime.
 */
public final class OfflineJournal implements AutoCloseable {

    /** Receives the progress of long work. */
    public interface Progress {
        void at(long done, long all);
    }

    private final JournalSettings settings;
    private final @Nullable DataDir held;
    private final ActorSystem<Void> system;
    private final JournalTools tools;

    /** @throws WrongSetting when the node is running */
    public static OfflineJournal open(Settings settings) {
        return new OfflineJournal(settings);
    }

    private OfflineJournal(Settings settings) {
        this.settings = settings.of(DefinitionSection.JOURNAL);
        held = this.settings.embedded() ? DataDir.open(settings.node().dataDir()) : null;
        system = ActorSystem.create(Behaviors.empty(), "windrose-journal", AkkaConfigs.data(settings));
        tools = new JournalTools(system, settings.node().region().value());
    }

    /** Checks every event and every snapshot. */
    public ObjectNode verify(Progress progress) throws SQLException, IOException {
        try (Database journal = there()) {
            JournalCheck.Report report = tools.verify(journal, progress::at);
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            String damage = journal.damage(false);
            json.put("sound", report.sound() && damage.isEmpty());
            if (!damage.isEmpty()) {
                json.put("file", damage);
            }
            json.put("events", report.events()).put("definitions", report.definitions());
            json.put("snapshots", report.snapshots());
            json.put("holes", report.holes()).put("of_later_versions", report.later());
            json.put("faults", report.faults());
            report.findings().forEach(each -> add(json.withArray("/findings"), each));
            json.put("state_hash", report.hash());
            return figures(json, report.events(), report.seconds());
        }
    }

    private static void add(ArrayNode findings, JournalCheck.Finding finding) {
        findings.addObject()
                .put("fault", finding.fault().name().toLowerCase(Locale.ROOT))
                .put("definition", finding.persistenceId())
                .put("number", finding.sequenceNumber())
                .put("place", finding.ordering())
                .put("detail", finding.detail());
    }

    private static ObjectNode figures(ObjectNode json, long events, double seconds) {
        json.put("seconds", Math.round(seconds * 1000) / 1000.0);
        return json.put("events_per_second", Math.round(events / Math.max(1e-9, seconds)));
    }

    private static ObjectNode shown(JournalTools.Copied copied) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("events", copied.events()).put("definitions", copied.definitions());
        json.put("state_hash", copied.hash());
        return figures(json, copied.events(), copied.seconds());
    }

    /** Writes all events to a file. */
    public ObjectNode export(Path file, Progress progress) throws SQLException, IOException {
        try (Database journal = there()) {
            return shown(tools.export(journal, file, progress::at));
        }
    }

    /** Imports the events of a file into this journal, which must be empty. */
    public ObjectNode importFrom(Path file, Progress progress) throws SQLException, IOException {
        try (Database journal = opened(settings.url())) {
            journal.migrate();
            return shown(tools.importInto(file, journal, progress::at));
        }
    }

    /**
     * Copies the events of this journal into an empty one, and applies them on the way.
     *
     * @param to a directory, which a node can use as its data directory afterwards, or a JDBC address; if of another
     *     kind than this journal's, it includes user and password
     */
    public ObjectNode replay(String to, Progress progress) throws SQLException, IOException {
        if (!to.startsWith("jdbc:")) {
            Files.createDirectories(Path.of(to));
        }
        String url = to.startsWith("jdbc:") ? to : DefinitionSection.embedded(Path.of(to));
        try (Database journal = there();
                Database fresh = opened(url)) {
            fresh.migrate();
            return shown(tools.replay(journal, fresh, progress::at));
        }
    }

    /** Repairs what can be repaired; the original rows go to {@code kept}. */
    public ObjectNode repair(Path kept, boolean dry, Progress progress) throws SQLException, IOException {
        try (Database journal = there()) {
            JournalRepair.Mended mended = tools.repair(journal, kept, dry, progress::at);
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("dry_run", dry);
            json.put("replaced", mended.replaced()).put("filled", mended.filled());
            json.put("snapshots_forgotten", mended.snapshots());
            mended.left().forEach(each -> add(json.withArray("/left"), each));
            return json;
        }
    }

    /** The existing journal; none is created. */
    private Database there() throws SQLException, IOException {
        Database journal = opened(settings.url());
        try {
            journal.existing();
            return journal;
        } catch (SQLException | IOException e) {
            journal.close();
            throw e;
        }
    }

    private Database opened(String url) throws SQLException {
        // A node's embedded database has no user, whatever the other one's is.
        boolean same = url.startsWith(JournalSettings.SQLITE) == settings.embedded();
        JournalSettings other = settings.at(url, same ? settings.user() : "", same ? settings.password() : "");
        try {
            return Database.openAlone(other, new DefinitionMeters(new SimpleMeterRegistry()));
        } catch (IllegalStateException e) {
            // The rest may contain a password.
            throw new WrongSetting("journal: " + url.replaceFirst("[?;].*", "") + " (expected: not in use by a node)");
        }
    }

    @Override
    public void close() {
        system.terminate();
        if (held != null) {
            held.close();
        }
    }
}
