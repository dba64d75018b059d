package dev.windrose.boot.part;

import dev.windrose.live.journal.JournalTrial;
import dev.windrose.watch.Alarms;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether an edit could be written to the journal, as of the latest trial. Callers never wait for it: it runs in the
 * background.
 */
final class JournalProbe {

    /** Time between two trials. */
    static final Duration EVERY = Duration.ofSeconds(5);

    /** A longer trial means that the journal cannot be written now. */
    private static final Duration LATE = Duration.ofSeconds(4);

    /** Performs one trial write. */
    interface Trial {
        void run() throws SQLException;
    }

    private final Trial trial;
    private final Executor waiting;
    private final LongSupplier nanoTime;
    private final Alarms alarms;
    private final AtomicBoolean trying = new AtomicBoolean();
    private volatile @Nullable String problem = "not probed yet";
    private volatile long begunNanos;

    JournalProbe(JournalTrial trial, Executor waiting, Alarms alarms) {
        this(trial::run, waiting, System::nanoTime, alarms);
    }

    /** @param waiting runs database access */
    JournalProbe(Trial trial, Executor waiting, LongSupplier nanoTime, Alarms alarms) {
        this.trial = trial;
        this.waiting = waiting;
        this.nanoTime = nanoTime;
        this.alarms = alarms;
        this.begunNanos = nanoTime.getAsLong();
    }

    /** Starts a trial, unless the last one is still running. Called every {@link #EVERY}. */
    void look() {
        if (trying.compareAndSet(false, true)) {
            begunNanos = nanoTime.getAsLong();
            try {
                waiting.execute(this::run);
            } catch (RejectedExecutionException e) {
                problem = "the journal could not be probed, cause [" + e.getMessage() + "]";
                trying.set(false);
            }
        } else if (late()) {
            alarms.raise(Alarms.Kind.JOURNAL, "write", String.valueOf(problem()));
        }
    }

    private void run() {
        try {
            trial.run();
            problem = null;
        } catch (SQLException | RuntimeException e) {
            problem = "the journal cannot be written, cause [" + FailureText.oneLine(e) + "]";
        } finally {
            trying.set(false);
        }
        alarms.set(Alarms.Kind.JOURNAL, "write", problem());
    }

    private boolean late() {
        return trying.get() && nanoTime.getAsLong() - begunNanos > LATE.toNanos();
    }

    /** Why no edit could be written now; null when one could. */
    @Nullable
    String problem() {
        return late()
                ? "the journal has not answered a write for "
                        + Duration.ofNanos(nanoTime.getAsLong() - begunNanos).toSeconds() + " s"
                : problem;
    }

    /** The control plane is ending, and its absence is reported anyway. */
    void end() {
        alarms.clear(Alarms.Kind.JOURNAL, "write");
    }
}
