package dev.windrose.live.journal;

import java.time.Duration;

/**
 * Settings of the region's journal and its replication; ranges and reasons are in {@code windrose/rule.conf}.
 *
 * @param url JDBC address of the journal's database
 * @param connections size of the shared connection pool
 * @param connectTimeout longest wait for a connection
 * @param tailEvery time between two reads of the journal without a notification of new events
 * @param gapTimeout how long to wait for a missing number in the journal's order
 * @param holdPull how long a pull without new events is held (long polling)
 * @param deliverTimeout longest wait for a definition to take an event from another region
 * @param deliverTries attempts before a definition is parked
 * @param retryParkedEvery time between two attempts for a parked definition
 * @param inFlight definitions that take events from one region concurrently
 * @param nativeDir where the embedded database's native code is unpacked; empty: the JVM's temporary directory
 */
public record JournalSettings(
        String url,
        String user,
        String password,
        int connections,
        Duration connectTimeout,
        Duration tailEvery,
        Duration gapTimeout,
        Duration holdPull,
        Duration deliverTimeout,
        int deliverTries,
        Duration retryParkedEvery,
        int inFlight,
        String nativeDir) {

    /** Prefix of an embedded database's address; its file follows. */
    public static final String SQLITE = "jdbc:sqlite:";

    /** Whether the database is embedded in this process. */
    public boolean embedded() {
        return url.startsWith(SQLITE);
    }

    /** The same settings for another database. */
    public JournalSettings at(String otherUrl, String otherUser, String otherPassword) {
        return new JournalSettings(
                otherUrl,
                otherUser,
                otherPassword,
                connections,
                connectTimeout,
                tailEvery,
                gapTimeout,
                holdPull,
                deliverTimeout,
                deliverTries,
                retryParkedEvery,
                inFlight,
                nativeDir);
    }

    @Override
    public String toString() {
        return "JournalSettings[" + url + "]";
    }
}
