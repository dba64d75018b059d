package dev.windrose.live.table;

import dev.windrose.model.RuleId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.LongAdder;

/** This node's counters for one rule. They outlive every swap of the table. */
final class RuleCounters {

    private static final AtomicLongFieldUpdater<RuleCounters> SEQUENCE =
            AtomicLongFieldUpdater.newUpdater(RuleCounters.class, "sequence");

    final RuleId rule;
    private final List<LiveLoad> loads = new CopyOnWriteArrayList<>();
    private final LongAdder others = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile long sequence = 0;

    RuleCounters(RuleId rule) {
        this.rule = rule;
    }

    /** The number of the next decision: consecutive, because even spreading depends on it. */
    long nextSequence() {
        return SEQUENCE.getAndIncrement(this);
    }

    long sequence() {
        return sequence;
    }

    /** Counts the decisions for that target as this rule's. */
    void counts(LiveLoad load) {
        loads.add(load);
    }

    /** Counts a decision that names no target of the rule. */
    void decidedElsewhere() {
        others.increment();
    }

    void failed() {
        failed.increment();
    }

    void add(RuleCounts earlier) {
        others.add(earlier.total());
        failed.add(earlier.failed());
        SEQUENCE.addAndGet(this, earlier.total());
    }

    RuleCounts counts() {
        long total = others.sum();
        for (LiveLoad load : loads) {
            total += load.begun();
        }
        return new RuleCounts(total, failed.sum());
    }
}
