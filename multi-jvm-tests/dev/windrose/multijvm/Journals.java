package dev.windrose.multijvm;

import dev.windrose.live.journal.JournalSettings;
import dev.windrose.stage.NodeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Looks into the embedded journals of nodes that do not run, for what the API cannot show: each change, once. */
final class Journals {

    /**
     * How often each text that matches stands in the journal of a node.
     *
     * @param text of letters, digits, '-' and '#', which events hold as they are
     */
    static Map<String, Integer> occurrences(NodeProcess node, Pattern text) throws IOException, SQLException {
        if (node.alive()) {
            throw new IllegalStateException(node.region() + ": runs (expected: stopped, its journal is read)");
        }
        Map<String, Integer> found = new HashMap<>();
        try (Connection database = open(node);
                Statement select = database.createStatement();
                ResultSet rows = select.executeQuery("SELECT \"event_payload\" FROM \"event_journal\"")) {
            while (rows.next()) {
                String event = new String(rows.getBytes(1), StandardCharsets.ISO_8859_1);
                // A repair tells again what was written elsewhere, ahead of the event itself: it is there, and not
                // doubled.
                int counts = event.contains("REPAIRED") ? 0 : 1;
                Matcher matcher = text.matcher(event);
                while (matcher.find()) {
                    found.merge(matcher.group(), counts, Integer::sum);
                }
            }
        }
        return found;
    }

    /** Makes the first event of a rule unreadable, and drops the rule's snapshots; returns what stood there. */
    static byte[] poison(NodeProcess node, String rule) throws IOException, SQLException {
        byte[] before;
        String id = "%|rule:" + rule + "|%";
        try (Connection database = open(node)) {
            try (PreparedStatement select = database.prepareStatement("SELECT \"event_payload\" FROM \"event_journal\""
                    + " WHERE \"persistence_id\" LIKE ? AND \"sequence_number\" = 1")) {
                select.setString(1, id);
                try (ResultSet rows = select.executeQuery()) {
                    rows.next();
                    before = rows.getBytes(1);
                }
            }
            write(database, id, new byte[] {1, 2, 3});
            try (PreparedStatement delete =
                    database.prepareStatement("DELETE FROM \"snapshot\" WHERE \"persistence_id\" LIKE ?")) {
                delete.setString(1, id);
                delete.executeUpdate();
            }
        }
        return before;
    }

    /** Puts back what {@link #poison} took. */
    static void restore(NodeProcess node, String rule, byte[] event) throws IOException, SQLException {
        try (Connection database = open(node)) {
            write(database, "%|rule:" + rule + "|%", event);
        }
    }

    private static void write(Connection database, String id, byte[] event) throws SQLException {
        try (PreparedStatement update = database.prepareStatement("UPDATE \"event_journal\" SET \"event_payload\" = ?"
                + " WHERE \"persistence_id\" LIKE ? AND \"sequence_number\" = 1")) {
            update.setBytes(1, event);
            update.setString(2, id);
            if (update.executeUpdate() != 1) {
                throw new IllegalStateException("journal: no first event of " + id);
            }
        }
    }

    /** How to open the embedded journal of a node that does not run. */
    static JournalSettings settings(NodeProcess node) throws IOException {
        Duration patient = Duration.ofSeconds(30);
        return new JournalSettings(
                JournalSettings.SQLITE + file(node),
                "",
                "",
                4,
                patient,
                Duration.ofSeconds(1),
                patient,
                patient,
                patient,
                3,
                Duration.ofMinutes(1),
                64,
                "");
    }

    private static Connection open(NodeProcess node) throws IOException, SQLException {
        return DriverManager.getConnection(JournalSettings.SQLITE + file(node));
    }

    private static Path file(NodeProcess node) throws IOException {
        try (Stream<Path> files = Files.walk(node.spec().data())) {
            return files.filter(file -> file.endsWith("journal.db"))
                    .findFirst()
                    .orElseThrow(() ->
                            new IOException("no journal below " + node.spec().data()));
        }
    }

    private Journals() {}
}
