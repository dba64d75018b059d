package dev.windrose.live.table;

import dev.windrose.decide.health.Outliers;
import dev.windrose.decide.route.RulelessRouting;
import dev.windrose.decide.route.TableCompiler;
import dev.windrose.decide.route.TargetLoad;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * All counters of a node, by rule, by target and by geographic rule.
 *
 * <p>Counting is lock-free; only the keeper of the table adds and drops counters.
 */
final class Counters implements TableCompiler.Loads {

    /** Maximum number of counted targets of all rules: what 20 bits of a decision id can address. */
    static final int MAX_LOADS = (1 << 20) - 1;

    private record Target(RuleId rule, RegionId region) {}

    /** An index that has been free since that period. */
    private record Freed(int index, int period) {}

    private final CoarseClock periods = new CoarseClock();
    private final Map<RuleId, RuleCounters> rules = new ConcurrentHashMap<>();
    private final Map<Target, LiveLoad> loads = new ConcurrentHashMap<>();
    private final Map<RuleId, LongAdder> usage = new ConcurrentHashMap<>();
    private final Deque<Freed> free = new ArrayDeque<>();
    private volatile AtomicReferenceArray<@Nullable LiveLoad> byIndex = new AtomicReferenceArray<>(64);
    private int nextIndex = 0;
    private volatile String series = UUID.randomUUID().toString();

    /** Identifies these counters, across restarts and changes of the node's address. */
    String series() {
        return series;
    }

    CoarseClock periods() {
        return periods;
    }

    @Override
    public TargetLoad of(RuleId rule, RegionId target) {
        Target key = new Target(rule, target);
        LiveLoad load = loads.get(key);
        if (load != null) {
            return load;
        }
        int index = freeIndex();
        if (index == MAX_LOADS) {
            return TargetLoad.IDLE;
        }
        RuleCounters counters = rule(rule);
        LiveLoad made = new LiveLoad(index, counters, target, periods);
        counters.counts(made);
        if (index >= byIndex.length()) {
            AtomicReferenceArray<@Nullable LiveLoad> larger = new AtomicReferenceArray<>(2 * byIndex.length());
            for (int i = 0; i < byIndex.length(); i++) {
                larger.set(i, byIndex.get(i));
            }
            byIndex = larger;
        }
        byIndex.set(index, made);
        loads.put(key, made);
        return made;
    }

    /**
     * A free index that no outcome of a removed target can refer to any more; {@link #MAX_LOADS} when there is none.
     */
    private int freeIndex() {
        Freed oldest = free.peekFirst();
        if (oldest != null && periods.current() - oldest.period() >= CoarseClock.KEPT) {
            free.removeFirst();
            return oldest.index();
        }
        return nextIndex == MAX_LOADS ? MAX_LOADS : nextIndex++;
    }

    RuleCounters rule(RuleId rule) {
        return rules.computeIfAbsent(rule, RuleCounters::new);
    }

    @Nullable
    LiveLoad at(int index) {
        AtomicReferenceArray<@Nullable LiveLoad> all = byIndex;
        return index < all.length() ? all.get(index) : null;
    }

    void used(RuleId geographicRule) {
        LongAdder adder = usage.get(geographicRule);
        if (adder == null) {
            adder = usage.computeIfAbsent(geographicRule, id -> new LongAdder());
        }
        adder.increment();
    }

    /** Client-reported outcomes since the start, for targets that have any. */
    Map<RuleId, Map<RegionId, Outliers.Outcomes>> outcomes() {
        Map<RuleId, Map<RegionId, Outliers.Outcomes>> outcomes = new HashMap<>();
        loads.forEach((target, load) -> {
            Outliers.Outcomes reported = load.outcomes();
            if (reported.requests() > 0) {
                outcomes.computeIfAbsent(target.rule(), rule -> new HashMap<>()).put(target.region(), reported);
            }
        });
        return outcomes;
    }

    /** Decisions for a region, of all rules. */
    long decisionsFor(RegionId region) {
        long sum = 0;
        for (Map.Entry<Target, LiveLoad> load : loads.entrySet()) {
            sum += load.getKey().region().equals(region) ? load.getValue().begun() : 0;
        }
        return sum;
    }

    /** Decisions and outcomes of each region, since the start. */
    Map<RegionLoads.Flow, Long> flows() {
        Map<RegionLoads.Flow, Long> flows = new HashMap<>();
        loads.forEach((target, load) -> {
            Outliers.Outcomes reported = load.outcomes();
            flows.merge(new RegionLoads.Flow(target.region(), RegionLoads.Kind.SENT), load.begun(), Long::sum);
            flows.merge(
                    new RegionLoads.Flow(target.region(), RegionLoads.Kind.REPORTED), reported.requests(), Long::sum);
            flows.merge(new RegionLoads.Flow(target.region(), RegionLoads.Kind.FAILED), reported.failures(), Long::sum);
        });
        return flows;
    }

    /** The decisions that each target was chosen for since the start, wherever they were redirected to. */
    Map<RuleId, Map<RegionId, Long>> wanted() {
        Map<RuleId, Map<RegionId, Long>> wanted = new HashMap<>();
        loads.forEach((target, load) ->
                wanted.computeIfAbsent(target.rule(), rule -> new HashMap<>()).put(target.region(), load.wanted()));
        return wanted;
    }

    RuleCounts counts(RuleId rule) {
        RuleCounters counters = rules.get(rule);
        return counters == null ? RuleCounts.NONE : counters.counts();
    }

    long usage(RuleId geographicRule) {
        LongAdder adder = usage.get(geographicRule);
        return adder == null ? 0 : adder.sum();
    }

    /** Continues the counts of this node's previous run, identified by {@code of}; empty when there was none. */
    void restore(String of, Map<RuleId, RuleCounts> ruleCounts, Map<RuleId, Long> usageCounts) {
        series = of.isEmpty() ? series : of;
        ruleCounts.forEach((rule, counts) -> rule(rule).add(counts));
        usageCounts.forEach((rule, count) ->
                usage.computeIfAbsent(rule, id -> new LongAdder()).add(count));
    }

    Map<RuleId, RuleCounts> ruleCounts() {
        Map<RuleId, RuleCounts> counts = new TreeMap<>();
        rules.forEach((rule, counters) -> counts.put(rule, counters.counts()));
        return counts;
    }

    Map<RuleId, Long> usageCounts() {
        Map<RuleId, Long> counts = new TreeMap<>();
        usage.forEach((rule, adder) -> counts.put(rule, adder.sum()));
        return counts;
    }

    /** Advances time and expires decisions without an outcome. */
    void moveTo(long sinceStartMs) {
        int before = periods.current();
        int now = (int) (sinceStartMs / CoarseClock.LENGTH.toMillis());
        // Cleared before time advances, so that counts of the new period are not swept away.
        for (int period = before + 1; period <= Math.min(now, before + CoarseClock.KEPT); period++) {
            for (LiveLoad load : loads.values()) {
                load.forget(period);
            }
        }
        periods.moveTo(sinceStartMs);
    }

    /** Drops the counters of removed rules. */
    void retain(Collection<RuleId> existingRules, Collection<RuleId> existingGeographicRules) {
        rules.keySet().removeIf(rule -> !existingRules.contains(rule) && !rule.equals(RulelessRouting.ID));
        usage.keySet().retainAll(existingGeographicRules);
        loads.entrySet().removeIf(entry -> {
            boolean gone = !existingRules.contains(entry.getKey().rule())
                    && !entry.getKey().rule().equals(RulelessRouting.ID);
            if (gone) {
                byIndex.set(entry.getValue().index, null);
                free.addLast(new Freed(entry.getValue().index, periods.current()));
            }
            return gone;
        });
    }
}
