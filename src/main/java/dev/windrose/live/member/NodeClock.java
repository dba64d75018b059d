package dev.windrose.live.member;

import dev.windrose.decide.member.ClockSkew;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The wall clock of this node, and its offset. The last known offset of another node's clock outlives the connection to
 * it: a partition does not correct a clock. Safe for all threads.
 */
public final class NodeClock {

    /**
     * A node's clock.
     *
     * @param aheadMs of the median of all; negative: behind
     * @param withinMs accuracy
     */
    public record Seen(String node, String region, long aheadMs, long withinMs) {}

    private record Other(String region, long baseMs, long withinMs, long atNanos) {}

    /** Quartz drifts by some seconds a day. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofDays(1);

    /** A fast exchange is more accurate than later slow ones. */
    private static final Duration BETTER_FOR = Duration.ofSeconds(60);

    private final LongSupplier wallMs;
    private final LongSupplier nanoTime;
    private final long alarmMs;
    private final long refuseMs;
    private final Map<String, Other> others = new ConcurrentHashMap<>();

    /**
     * @param wallMs the machine's clock
     * @param nanoTime a monotonic clock
     * @param alarmBeyond offset beyond which a clock raises an alarm and is corrected
     * @param refuseBeyond offset beyond which a node stamps no edits
     */
    public NodeClock(LongSupplier wallMs, LongSupplier nanoTime, Duration alarmBeyond, Duration refuseBeyond) {
        this.wallMs = wallMs;
        this.nanoTime = nanoTime;
        this.alarmMs = alarmBeyond.toMillis();
        this.refuseMs = refuseBeyond.toMillis();
    }

    /** The clock of another node, as measured by an exchange. */
    void heard(String node, String region, long theirMs, long sentNanos) {
        long now = nanoTime.getAsLong();
        long within = (now - sentNanos) / 2_000_000 + 1;
        Other told = new Other(region, ClockSkew.baseMs(theirMs, sentNanos, now), within, now);
        others.merge(node, told, (before, next) -> keeps(before, next) ? before : next);
    }

    private static boolean keeps(Other before, Other next) {
        // Both agree, and the earlier is more accurate; a clock that was set in the meantime does not agree.
        return before.withinMs() < next.withinMs()
                && next.atNanos() - before.atNanos() < BETTER_FOR.toNanos()
                && Math.abs(before.baseMs() - next.baseMs()) <= before.withinMs() + next.withinMs();
    }

    /** Drops nodes that have left the cluster, and those not heard from for a day. */
    void keep(Predicate<String> member) {
        long now = nanoTime.getAsLong();
        others.entrySet()
                .removeIf(other ->
                        !member.test(other.getKey()) || now - other.getValue().atNanos() > FORGOTTEN_AFTER.toNanos());
    }

    private List<Long> offsets() {
        long own = wallMs.getAsLong() - nanoTime.getAsLong() / 1_000_000;
        List<Long> offsets = new ArrayList<>();
        others.values().forEach(other -> {
            // A measurement less accurate than the alarm threshold says nothing about small differences.
            long offset = other.baseMs() - own;
            offsets.add(Math.abs(offset) <= other.withinMs() ? 0 : offset);
        });
        return offsets;
    }

    /** This node's lead over the median of all clocks, in ms; negative: behind. */
    public long aheadMs() {
        return ClockSkew.ofOwn(offsets());
    }

    /** The time by most clocks, in ms since 1970: for stamps, and for everything that expires. */
    public long epochMs() {
        long ahead = aheadMs();
        return wallMs.getAsLong() - (Math.abs(ahead) > alarmMs ? ahead : 0);
    }

    /** The known clocks of this and all other nodes, by node. */
    public List<Seen> seen(String self, String region) {
        long ahead = aheadMs();
        long own = wallMs.getAsLong() - nanoTime.getAsLong() / 1_000_000;
        List<Seen> seen = new ArrayList<>();
        seen.add(new Seen(self, region, ahead, 0));
        others.forEach((node, other) ->
                seen.add(new Seen(node, other.region(), other.baseMs() - own + ahead, other.withinMs())));
        seen.sort(Comparator.comparing(Seen::node));
        return seen;
    }

    /** Whether a clock with that lead raises an alarm. */
    boolean alarming(Seen seen) {
        return Math.abs(seen.aheadMs()) - seen.withinMs() > alarmMs;
    }

    /** Why this node stamps no edits now, or null when it does. */
    public @Nullable String off() {
        long ahead = aheadMs();
        return Math.abs(ahead) <= refuseMs
                ? null
                : "clock: " + said(ahead) + " (expected: within " + refuseMs
                        + " ms of most nodes' clocks); edits are refused here until it is corrected; set it, for example by NTP, or"
                        + " send the edit to another region";
    }

    static String said(long aheadMs) {
        return Math.abs(aheadMs) + " ms " + (aheadMs > 0 ? "ahead" : "behind");
    }
}
