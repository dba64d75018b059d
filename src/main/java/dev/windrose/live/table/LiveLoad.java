package dev.windrose.live.table;

import dev.windrose.decide.health.Outliers;
import dev.windrose.decide.route.TargetLoad;
import dev.windrose.model.RegionId;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * Counts the work that this node has sent to one target of one rule.
 *
 * <p>Written by every request thread without locks. A decision whose outcome is never reported expires after {@link
 * CoarseClock#KEPT} periods, so that a client that forgets to report cannot make a target look busy indefinitely.
 */
final class LiveLoad implements TargetLoad {

    /*
     * Latency is a peak-sensitive moving average: a slower answer counts at once and in full, a faster one only as time
     * passes. One 64-bit word holds the average (float, ms) and the time of the last answer (int, units of 10 ms), so
     * that one compare-and-set changes both. Source: Finagle's PeakEwma balancer.
     *
     * With many rules the cost of a decision is that of the memory it reads outside of the caches: so what every
     * decision writes is in fields of this object and not behind references, and the counts of started and open
     * decisions share a word, 40 bits and 24.
     */

    /*
     * Who writes, who reads, and what is ordered by what.
     *
     * Request threads begin decisions and read inFlight and latencyMs to choose between targets; the threads that take outcomes
     * finish them; the keeper of the table alone forgets what nobody reported, and reads the totals together with whoever shows
     * them. No one waits for another. A reader may see a decision one moment late, which moves a choice and breaks nothing.
     *
     * A decision is counted twice: in `work`, for all time and in flight with one add, so that the two never disagree, and in
     * the slot of its period. begin adds to `work` first and to the slot last; finish and forget take from the slot first, and
     * from `work` only what they took there. So `work` never has fewer in flight than the slots together: in flight cannot fall
     * below zero, however often an outcome is reported and whoever forgets at the same time. A borrow would reach into the bits
     * above and show a target as full. What is in a slot is taken out once, by an outcome or by the keeper; an outcome that is
     * reported twice may end another decision of its period early, and never more than are open.
     *
     * The keeper clears the slot of a period before it lets that period begin (Counters.moveTo), so it sweeps away nothing that
     * counts. A thread that read the period before that, and adds to its slot a whole round of periods later, is forgotten a
     * round later too.
     *
     * Latency is one word, set by compare-and-set: an average and the time it is of are always of the same answer.
     *
     * `finished` is written before `failures` and read after it, so there are never more failures than outcomes. `wanted` adds
     * up three counters that are read one after the other; it may be off by the decisions of that moment, and only its growth
     * over seconds is used.
     */

    /** Time after which an old peak counts for 1/e. */
    private static final double DECAY_MS = 10_000;

    /** Minimum latency counted for a failed request, in ms: failing fast must not look fast. */
    private static final double FAILURE_MS = 1_000;

    private static final double LONGEST_MS = 600_000;

    /** Age after which answers expire, in units of 10 ms. */
    private static final int STALE_TICKS = 6_000;

    private static final long NEVER = 0xFFFFFFFF_00000000L;

    private static final int IN_FLIGHT_BITS = 24;
    private static final long IN_FLIGHT = (1L << IN_FLIGHT_BITS) - 1;
    private static final long ONE_MORE = (1L << IN_FLIGHT_BITS) + 1;

    private static final AtomicLongFieldUpdater<LiveLoad> WORK =
            AtomicLongFieldUpdater.newUpdater(LiveLoad.class, "work");
    private static final AtomicLongFieldUpdater<LiveLoad> LATENCY =
            AtomicLongFieldUpdater.newUpdater(LiveLoad.class, "latency");
    /** Counters for outcomes and redirects. */
    private static final class Rare {
        private static final AtomicLongFieldUpdater<Rare> FINISHED =
                AtomicLongFieldUpdater.newUpdater(Rare.class, "finished");
        private static final AtomicLongFieldUpdater<Rare> FAILURES =
                AtomicLongFieldUpdater.newUpdater(Rare.class, "failures");
        private static final AtomicLongFieldUpdater<Rare> TOOK_OVER =
                AtomicLongFieldUpdater.newUpdater(Rare.class, "tookOver");
        private static final AtomicLongFieldUpdater<Rare> GAVE_AWAY =
                AtomicLongFieldUpdater.newUpdater(Rare.class, "gaveAway");

        volatile long finished = 0;
        volatile long failures = 0;
        volatile long tookOver = 0;
        volatile long gaveAway = 0;
    }

    final int index;
    final RuleCounters rule;
    final RegionId region;
    private final CoarseClock periods;
    private final AtomicIntegerArray byPeriod = new AtomicIntegerArray(CoarseClock.KEPT);
    // Kept separate, so that the data of every decision stays within one cache line.
    private final Rare rare = new Rare();
    private volatile long work = 0;
    private volatile long latency = NEVER;

    LiveLoad(int index, RuleCounters rule, RegionId region, CoarseClock periods) {
        this.index = index;
        this.rule = rule;
        this.region = region;
        this.periods = periods;
    }

    @Override
    public int inFlight() {
        return (int) (work & IN_FLIGHT);
    }

    /** Decisions for this target since the start. */
    long begun() {
        return work >>> IN_FLIGHT_BITS;
    }

    @Override
    public double latencyMs() {
        long word = latency;
        return word == NEVER || periods.ticks() - (int) (word >>> 32) > STALE_TICKS
                ? Double.NaN
                : Float.intBitsToFloat((int) word);
    }

    /** Counts one decision; returns its number among the decisions for this target. */
    int begin(int period) {
        int number = (int) (WORK.getAndAdd(this, ONE_MORE) >>> IN_FLIGHT_BITS);
        byPeriod.incrementAndGet(Math.floorMod(period, CoarseClock.KEPT));
        return number;
    }

    /** Ends one decision that was begun in {@code period}, which is still kept. */
    void finish(int period, double latencyMs, boolean success, int ticks) {
        int slot = Math.floorMod(period, CoarseClock.KEPT);
        int open = byPeriod.get(slot);
        while (open > 0 && !byPeriod.compareAndSet(slot, open, open - 1)) {
            open = byPeriod.get(slot);
        }
        if (open > 0) {
            WORK.decrementAndGet(this);
        }
        Rare.FINISHED.incrementAndGet(rare);
        if (!success) {
            Rare.FAILURES.incrementAndGet(rare);
        }
        double sample = success ? latencyMs : Math.max(FAILURE_MS, Double.isNaN(latencyMs) ? 0 : latencyMs);
        if (sample >= 0) {
            observe(Math.min(sample, LONGEST_MS), ticks);
        }
    }

    /** Counts a decision for this target that was redirected from another. */
    void tookOver() {
        Rare.TOOK_OVER.incrementAndGet(rare);
    }

    /** Counts a decision that this target was chosen for and that was redirected, or refused. */
    void gaveAway() {
        Rare.GAVE_AWAY.incrementAndGet(rare);
    }

    /** Decisions since the start that this target was chosen for, wherever they were redirected to. */
    long wanted() {
        return begun() - rare.tookOver + rare.gaveAway;
    }

    /** Outcomes that were reported since the start. */
    Outliers.Outcomes outcomes() {
        // Failures first: one that is counted between the two reads must not be more than all.
        long failed = rare.failures;
        return new Outliers.Outcomes(rare.finished, failed);
    }

    private void observe(double sample, int ticks) {
        while (true) {
            long word = latency;
            double average = sample;
            if (word != NEVER) {
                double before = Float.intBitsToFloat((int) word);
                double elapsedMs = Math.max(0, ticks - (int) (word >>> 32)) * 10.0;
                average = sample >= before ? sample : sample + (before - sample) * Math.exp(-elapsedMs / DECAY_MS);
            }
            long next = ((long) ticks << 32) | (Float.floatToRawIntBits((float) average) & 0xFFFFFFFFL);
            if (LATENCY.compareAndSet(this, word, next)) {
                return;
            }
        }
    }

    /** Expires the decisions of the period that shares a slot with {@code period}. */
    void forget(int period) {
        int given = byPeriod.getAndSet(Math.floorMod(period, CoarseClock.KEPT), 0);
        if (given > 0) {
            WORK.addAndGet(this, -given);
        }
    }
}
