package dev.windrose.boot;

import dev.windrose.live.journal.Database;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whether the journal answers, as seen lately. Looks only while somebody asks, so that an idle node stays idle. */
final class JournalProbe {

    private static final long FRESH_NANOS = Duration.ofSeconds(2).toNanos();

    private final Database database;
    private final Executor waiting;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile boolean answers = true;
    private volatile long lookedAtNanos = System.nanoTime();

    JournalProbe(Database database, Executor waiting) {
        this.database = database;
        this.waiting = waiting;
    }

    boolean answers() {
        if (System.nanoTime() - lookedAtNanos > FRESH_NANOS && looking.compareAndSet(false, true)) {
            try {
                waiting.execute(() -> {
                    answers = database.answers();
                    lookedAtNanos = System.nanoTime();
                    looking.set(false);
                });
            } catch (RejectedExecutionException e) {
                // Whoever asks next has it looked at.
                looking.set(false);
            }
        }
        return answers;
    }
}
