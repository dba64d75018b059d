package dev.windrose.live.journal;

import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * A connection that stays usable after SQLite has rolled a transaction back by itself, as it does when its disk is full
 * or broken. The driver does not notice: its next rollback fails, and then every statement commits by itself.
 */
final class EmbeddedConnection extends JDBC4Connection {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedConnection.class);
    private static final String NONE_ACTIVE = "no transaction is active";

    EmbeddedConnection(String url, String file, Properties pragmas) throws SQLException {
        super(url, file, pragmas);
    }

    /**
     * The pool aborts lent connections with this when it closes. The driver does nothing, and the file would stay
     * locked.
     */
    @Override
    public void abort(Executor executor) {
        executor.execute(() -> {
            try {
                close();
            } catch (SQLException e) {
                LOG.warn("a borrowed journal connection does not close, cause [{}]", e.getMessage());
            }
        });
    }

    @Override
    public void rollback() throws SQLException {
        try {
            super.rollback();
        } catch (SQLException e) {
            if (!String.valueOf(e.getMessage()).contains(NONE_ACTIVE)) {
                throw e;
            }
            // As after any other rollback: the driver keeps a transaction open while it does not commit by itself.
            getDatabase().exec(transactionPrefix(), false);
        }
    }
}
