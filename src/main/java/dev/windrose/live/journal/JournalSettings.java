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
        int inFlight) {

    /** Whether the database is the one inside this process. */
    public boolean embedded() {
        return url.startsWith("jdbc:h2:");
    }

    @Override
    public String toString() {
        return "JournalSettings[" + url + "]";
    }
}
