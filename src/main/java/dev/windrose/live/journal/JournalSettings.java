package dev.windrose.live.journal;

import java.time.Duration;

/**
 * Settings of the region's journal and of its exchange with other regions; ranges and reasons stand in
 * {@code windrose/rule.conf}.
 *
 * @param url JDBC address of the journal's database
 * @param connections of the one pool that everything shares
 * @param connectTimeout longest wait for a connection
 * @param tailEvery time between two looks at the journal when nobody says that something was written
 * @param gapTimeout how long a missing number in the journal's order is waited for
 * @param holdPull how long a pull without news is held
 * @param deliverTimeout longest wait for a definition to take an event from another region
 * @param deliverTries tries until a definition is parked
 * @param retryParkedEvery time between two tries of what is parked
 * @param inFlight definitions that take events from one region at the same time
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

    /** How the address of an embedded database begins; its file follows. */
    public static final String SQLITE = "jdbc:sqlite:";

    /** Whether the database is the one inside this process. */
    public boolean embedded() {
        return url.startsWith(SQLITE);
    }

    /** The same for another database. */
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
