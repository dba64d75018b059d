package dev.windrose.live.journal;

import dev.windrose.live.jdbc.Statements;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Single facts stored in a region's database about itself. Blocks. */
public final class JournalFacts {

    private static final String STORE = "store";
    private static final String INCARNATION = "incarnation";

    private final DataSource database;

    public JournalFacts(DataSource database) {
        this.database = database;
    }

    /** Identifies this database for its whole life, in every backup too. */
    public String store() throws SQLException {
        return valueOrElse(STORE, UUID.randomUUID().toString());
    }

    /** Identifies this incarnation of the journal; it changes after a restore broke its order. */
    public String incarnation() throws SQLException {
        return valueOrElse(INCARNATION, UUID.randomUUID().toString());
    }

    String renewIncarnation() throws SQLException {
        String fresh = UUID.randomUUID().toString();
        put(INCARNATION, fresh);
        return fresh;
    }

    private @Nullable String value(String name) throws SQLException {
        List<String> texts = Statements.select(
                database, "SELECT \"text\" FROM \"fact\" WHERE \"name\" = ?", row -> row.getString(1), name);
        return texts.isEmpty() ? null : texts.get(0);
    }

    /**
     * The stored value, or else this one from now on. Of two nodes that start at once on an empty database, one wins.
     */
    private String valueOrElse(String name, String fresh) throws SQLException {
        String known = value(name);
        if (known != null) {
            return known;
        }
        try {
            insert(name, fresh);
            return fresh;
        } catch (SQLException e) {
            String other = value(name);
            if (other == null) {
                throw e;
            }
            return other;
        }
    }

    private void insert(String name, String text) throws SQLException {
        Statements.update(database, "INSERT INTO \"fact\" (\"name\", \"text\") VALUES (?, ?)", name, text);
    }

    private void put(String name, String text) throws SQLException {
        if (Statements.update(database, "UPDATE \"fact\" SET \"text\" = ? WHERE \"name\" = ?", text, name) == 0) {
            insert(name, text);
        }
    }
}
