package dev.windrose.live.table;

import dev.windrose.model.RuleId;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What this node counts for one rule. Outlives every swap of the table. */
final class RuleCounters {

    final RuleId rule;
    private final AtomicLong sequence = new AtomicLong();
    private final LongAdder total = new LongAdder();
    private final LongAdder failed = new LongAdder();

    RuleCounters(RuleId rule) {
        this.rule = rule;
    }

    /** The number of the next decision: consecutive, because even spreading depends on it. */
    long nextSequence() {
        return sequence.getAndIncrement();
    }

    long sequence() {
        return sequence.get();
    }

    void decided() {
        total.increment();
    }

    void failed() {
        failed.increment();
    }

    void add(RuleCounts earlier) {
        total.add(earlier.total());
        failed.add(earlier.failed());
        sequence.addAndGet(earlier.total());
    }

    RuleCounts counts() {
        return new RuleCounts(total.sum(), failed.sum());
    }
}
