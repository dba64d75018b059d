package dev.windrose.live.journal;

import dev.windrose.Postgres;
import java.time.Duration;

/** Journals for tests. */
public final class Journals {

    /** In memory, gone when the test JVM ends; journals of one name share their tables. */
    public static JournalSettings inMemory(String name) {
        return inMemory(name, Duration.ofSeconds(5), Duration.ofSeconds(10));
    }

    static JournalSettings at(String url) {
        return made(url, Duration.ofSeconds(5), Duration.ofSeconds(10));
    }

    static JournalSettings inMemory(String name, Duration gapTimeout, Duration holdPull) {
        return made("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1", gapTimeout, holdPull);
    }

    /** In one of {@link Postgres}. */
    static JournalSettings postgres(String url) {
        return made(url, Postgres.USER, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(10));
    }

    private static JournalSettings made(String url, Duration gapTimeout, Duration holdPull) {
        return made(url, "", Duration.ofSeconds(30), gapTimeout, holdPull);
    }

    private static JournalSettings made(
            String url, String user, Duration connectTimeout, Duration gapTimeout, Duration holdPull) {
        return new JournalSettings(
                url,
                user,
                "",
                4,
                connectTimeout,
                Duration.ofSeconds(1),
                gapTimeout,
                holdPull,
                Duration.ofSeconds(5),
                3,
                Duration.ofMinutes(1),
                64);
    }

    private Journals() {}
}
