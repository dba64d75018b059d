package dev.windrose.multijvm;

import dev.windrose.stage.NodeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
        try (Connection database =
                        DriverManager.getConnection("jdbc:h2:file:" + file(node) + ";IFEXISTS=TRUE", "", "");
                Statement select = database.createStatement();
                ResultSet rows = select.executeQuery("SELECT \"event_payload\" FROM \"event_journal\"")) {
            while (rows.next()) {
                Matcher matcher = text.matcher(new String(rows.getBytes(1), StandardCharsets.ISO_8859_1));
                while (matcher.find()) {
                    found.merge(matcher.group(), 1, Integer::sum);
                }
            }
        }
        return found;
    }

    private static Path file(NodeProcess node) throws IOException {
        try (Stream<Path> files = Files.walk(node.spec().data())) {
            String suffix = ".mv.db";
            Path found = files.filter(file -> file.toString().endsWith(suffix))
                    .findFirst()
                    .orElseThrow(() ->
                            new IOException("no journal below " + node.spec().data()));
            String name = found.toString();
            return Path.of(name.substring(0, name.length() - suffix.length()));
        }
    }

    private Journals() {}
}
