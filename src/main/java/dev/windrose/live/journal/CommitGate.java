package dev.windrose.live.journal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Knows the commits that are under way, so that a reader can wait for those of which it may have seen the middle.
 *
 * <p>H2 shows the rows of a transaction to others before it marks the transaction as committed. A process that is killed
 * in between takes them back at its next start, even when a checkpoint has written them meanwhile.
 */
final class CommitGate {

    /** Whatever commits: by itself, or because the connection commits after each statement. */
    private static final Set<String> COMMITTING = Set.of(
            "commit",
            "setAutoCommit",
            "execute",
            "executeUpdate",
            "executeLargeUpdate",
            "executeBatch",
            "executeLargeBatch");

    // Fair, or commits in a row would keep a reader waiting for ever. Commits share it; a reader needs it for an
    // instant.
    private final ReadWriteLock commits = new ReentrantReadWriteLock(true);

    /** The same connections, whose commits are known here. */
    DataSource guarded(DataSource pool) {
        return proxy(DataSource.class, pool);
    }

    /** Returns when every commit that is under way now has ended. Keeps later ones waiting for as long. */
    void awaitCommits(Duration atMost) throws SQLException {
        boolean alone = false;
        try {
            alone = commits.writeLock().tryLock(atMost.toMillis(), TimeUnit.MILLISECONDS);
            if (!alone) {
                throw new SQLException("a commit takes longer than " + atMost.toMillis() + " ms");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while waiting for commits", e);
        } finally {
            if (alone) {
                commits.writeLock().unlock();
            }
        }
    }

    private <T> T proxy(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                CommitGate.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    boolean committing = COMMITTING.contains(method.getName());
                    if (committing) {
                        commits.readLock().lock();
                    }
                    try {
                        return made(method.getReturnType(), method.invoke(target, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    } finally {
                        if (committing) {
                            commits.readLock().unlock();
                        }
                    }
                }));
    }

    /** What a pool or a connection makes is guarded as well. */
    private @Nullable Object made(Class<?> type, @Nullable Object result) {
        if (result != null && type == Connection.class) {
            return proxy(Connection.class, (Connection) result);
        }
        if (result != null && type == PreparedStatement.class) {
            return proxy(PreparedStatement.class, (PreparedStatement) result);
        }
        return result != null && type == Statement.class ? proxy(Statement.class, (Statement) result) : result;
    }
}
