package dev.windrose.live.reach;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Shares threads fairly between parties: each may use a few at most, and its further tasks wait behind its own. */
final class FairExecutor {

    private static final class Party {
        private int running = 0;
        private final Deque<Runnable> waiting = new ArrayDeque<>();
    }

    private final Executor threads;
    private final int ofAParty;
    private final int waitingAtMost;
    private final Map<String, Party> parties = new HashMap<>();
    private int waiting = 0;

    /**
     * @param ofAParty maximum number of threads of one party
     * @param waitingAtMost maximum number of waiting tasks of all parties
     */
    FairExecutor(Executor threads, int ofAParty, int waitingAtMost) {
        this.threads = threads;
        this.ofAParty = ofAParty;
        this.waitingAtMost = waitingAtMost;
    }

    /** @throws RejectedExecutionException when the queue is full; the task is not run then */
    void execute(String party, Runnable task) {
        synchronized (parties) {
            Party of = parties.computeIfAbsent(party, made -> new Party());
            if (of.running >= ofAParty) {
                if (waiting >= waitingAtMost) {
                    throw new RejectedExecutionException(waiting + " tasks queued (expected: fewer)");
                }
                of.waiting.add(task);
                waiting++;
                return;
            }
            of.running++;
        }
        try {
            threads.execute(() -> work(party, task));
        } catch (RejectedExecutionException e) {
            // What waits was taken already, by the threads that the party has; without any it is taken by the next.
            synchronized (parties) {
                left(party);
            }
            throw e;
        }
    }

    private void work(String party, Runnable first) {
        for (Runnable task = first; task != null; task = next(party)) {
            task.run();
        }
    }

    private @Nullable Runnable next(String party) {
        synchronized (parties) {
            Party of = parties.get(party);
            Runnable task = of == null ? null : of.waiting.poll();
            if (task == null) {
                left(party);
            } else {
                waiting--;
            }
            return task;
        }
    }

    private void left(String party) {
        Party of = parties.get(party);
        if (of != null && --of.running == 0 && of.waiting.isEmpty()) {
            parties.remove(party);
        }
    }
}
