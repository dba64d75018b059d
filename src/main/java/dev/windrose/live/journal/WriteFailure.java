package dev.windrose.live.journal;

import akka.pattern.CircuitBreakerOpenException;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** What a failed write to the journal means. */
public final class WriteFailure {

    /**
     * SQLSTATEs of PostgreSQL that mean a rollback: classes 40 (rollback) and 23 (constraint); a lock timeout, a
     * cancelled statement, and a database that is read-only or accepts no connections.
     */
    private static final Set<String> CLASSES = Set.of("40", "23", "53");

    private static final Set<String> TAKEN_BACK =
            Set.of("55P03", "57014", "25006", "57P03", "08001", MemberTable.FENCED);

    private static final int CAUSES_AT_MOST = 50;

    /** Whether the write is known not to have happened and not to happen later. */
    public static boolean didNotHappen(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < CAUSES_AT_MOST; depth++) {
            // With an open circuit breaker, a full queue or no connection, the database was never asked.
            if (cause instanceof CircuitBreakerOpenException
                    || cause instanceof RejectedExecutionException
                    || cause instanceof SQLTransientConnectionException
                    || cause instanceof SQLIntegrityConstraintViolationException
                    || (cause instanceof SQLException sql && takenBack(sql.getSQLState()))) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean takenBack(@Nullable String state) {
        return state != null
                && state.length() == 5
                && (TAKEN_BACK.contains(state) || CLASSES.contains(state.substring(0, 2)));
    }

    private WriteFailure() {}
}
