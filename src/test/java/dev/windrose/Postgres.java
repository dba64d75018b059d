package dev.windrose;

import static org.junit.jupiter.api.Assumptions.abort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One real PostgreSQL for all tests of this JVM, with which it ends; each test makes databases of its own in it. */
public final class Postgres {

    public static final String USER = "postgres";

    private static @Nullable EmbeddedPostgres server = null;

    /** Skips the test where there are no binaries for the platform. */
    private static synchronized EmbeddedPostgres server() {
        EmbeddedPostgres running = server;
        if (running == null) {
            try {
                running = EmbeddedPostgres.builder().start();
            } catch (IOException | IllegalStateException e) {
                return abort("needs PostgreSQL: its binaries for this platform did not start: " + e);
            }
            server = running;
        }
        return running;
    }

    /** The address of an empty database. */
    public static String database() throws SQLException {
        return made("");
    }

    /** The address of a database that is as another is now, which nobody may be using. */
    public static String copyOf(String url) throws SQLException {
        return made(" TEMPLATE " + url.substring(url.lastIndexOf('/') + 1));
    }

    private static String made(String like) throws SQLException {
        EmbeddedPostgres running = server();
        String name = "t" + UUID.randomUUID().toString().replace("-", "");
        try (Connection connection = running.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + like);
        }
        return "jdbc:postgresql://127.0.0.1:" + running.getPort() + "/" + name;
    }

    private Postgres() {}
}
