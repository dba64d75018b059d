package dev.windrose.live.metric;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.windrose.live.jdbc.Statements;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** Metric samples in this region's database. Blocks. */
final class MetricStore {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Rows deleted in one transaction. */
    private static final int PART = 1000;

    private final DataSource database;

    MetricStore(DataSource database) {
        this.database = database;
    }

    void record(MetricSample sample) throws SQLException {
        Statements.update(
                database,
                "INSERT INTO \"metric_sample\" (\"id\", \"rule_id\", \"recorded_at_ms\", \"body\") VALUES (?, ?, ?, ?)",
                sample.id(),
                sample.ruleId(),
                sample.epochMs(),
                text(sample));
    }

    /** The newest samples of a rule since a time, newest first. */
    List<MetricSample> read(String ruleId, long sinceEpochMs, int atMost) throws SQLException {
        return Statements.select(
                database,
                "SELECT \"body\" FROM \"metric_sample\" WHERE \"rule_id\" = ? AND \"recorded_at_ms\" >= ?"
                        + " ORDER BY \"recorded_at_ms\" DESC LIMIT " + atMost,
                row -> sample(row.getString(1)),
                ruleId,
                sinceEpochMs);
    }

    /** The newest samples of all rules since a time, newest first. */
    List<MetricSample> newest(long sinceEpochMs, int atMost) throws SQLException {
        return Statements.select(
                database,
                "SELECT \"body\" FROM \"metric_sample\" WHERE \"recorded_at_ms\" >= ?"
                        + " ORDER BY \"recorded_at_ms\" DESC LIMIT " + atMost,
                row -> sample(row.getString(1)),
                sinceEpochMs);
    }

    /**
     * Deletes samples that were measured before a time, and recorded with an id before that one; in batches, so that
     * others can use the database in between.
     */
    void forget(long beforeEpochMs, String beforeId) throws SQLException {
        int dropped;
        do {
            dropped = Statements.update(
                    database,
                    "DELETE FROM \"metric_sample\" WHERE \"id\" IN (SELECT \"id\" FROM \"metric_sample\""
                            + " WHERE \"recorded_at_ms\" < ? AND \"id\" < ? LIMIT " + PART + ")",
                    beforeEpochMs,
                    beforeId);
        } while (dropped == PART);
    }

    static String text(MetricSample sample) {
        try {
            return JSON.writeValueAsString(sample);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a sample can always be written", e);
        }
    }

    private static MetricSample sample(String text) {
        try {
            return JSON.readValue(text, MetricSample.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("metric sample cannot be read: " + e.getOriginalMessage(), e);
        }
    }
}
