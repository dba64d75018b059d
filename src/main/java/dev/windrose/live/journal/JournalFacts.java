package dev.windrose.live.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT \"text\" FROM \"fact\" WHERE \"name\" = ?")) {
            select.setString(1, name);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
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
        try (Connection connection = database.getConnection();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO \"fact\" (\"name\", \"text\") VALUES (?, ?)")) {
            insert.setString(1, name);
            insert.setString(2, text);
            insert.executeUpdate();
        }
    }

    private void put(String name, String text) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update =
                        connection.prepareStatement("UPDATE \"fact\" SET \"text\" = ? WHERE \"name\" = ?")) {
            update.setString(1, text);
            update.setString(2, name);
            if (update.executeUpdate() == 0) {
                try (PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO \"fact\" (\"name\", \"text\") VALUES (?, ?)")) {
                    insert.setString(1, name);
                    insert.setString(2, text);
                    insert.executeUpdate();
                }
            }
        }
    }
}
