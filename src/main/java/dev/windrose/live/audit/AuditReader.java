package dev.windrose.live.audit;

import dev.windrose.decide.audit.AuditChain;
import dev.windrose.decide.audit.AuditEntry;
import dev.windrose.live.pool.Offload;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads the audit of a region, all chains of it. Safe for all threads. */
public final class AuditReader {

    private static final int CHAINS_AT_MOST = 1000;

    private final Supplier<@Nullable DataSource> database;
    private final Executor reading;

    /**
     * @param database gives null while there is none
     * @param reading runs the queries, which callers may ask for often
     */
    AuditReader(Supplier<@Nullable DataSource> database, Executor reading) {
        this.database = database;
        this.reading = reading;
    }

    /** Entries of a chain after a number; fails when the database does not answer, or somebody made others of them. */
    public CompletionStage<List<AuditEntry>> read(String of, long after, int atMost) {
        return lines(of, after, atMost)
                .thenApply(lines -> lines.stream().map(AuditJson::exactly).toList());
    }

    /** The same as the lines that the database has, whatever somebody made of them. */
    public CompletionStage<List<String>> lines(String of, long after, int atMost) {
        return ask(table -> table.lines(of, after, atMost));
    }

    /** The oldest and the newest entry of each chain of this region. */
    public CompletionStage<Map<String, AuditChain.Seen>> chains() {
        return ask(table -> table.chains(CHAINS_AT_MOST));
    }

    private interface Question<T> {
        T of(AuditTable table) throws SQLException;
    }

    private <T> CompletionStage<T> ask(Question<T> question) {
        return Offload.to(reading, () -> {
            DataSource open = database.get();
            if (open == null) {
                throw new SQLException("the database is not open");
            }
            return question.of(new AuditTable(open));
        });
    }
}
