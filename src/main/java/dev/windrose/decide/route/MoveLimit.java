package dev.windrose.decide.route;

import dev.windrose.model.RegionId;
import dev.windrose.model.SafetyRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits how fast the traffic of a rule may move: its current shares, what moved within the last minute, and how much
 * of the next move has to wait. Immutable.
 *
 * <p>The amount moved is half the sum of the differences of all shares (the total variation distance), so a share that
 * goes from one target to another counts once. The shares are the intended ones, not measured ones: a node knows them
 * at once, and every node arrives at the same.
 *
 * @param at share of each target now, summing to 1
 * @param held part of the clients that still uses {@link #before}, 0 to 1
 * @param before the shares for those clients: the ones immediately before the move
 * @param moved amounts moved and their times, oldest first
 */
record MoveLimit(Map<RegionId, Double> at, double held, Map<RegionId, Double> before, List<Moved> moved) {

    /** A smaller amount counts as zero, and ends a move. */
    private static final double LEAST = 1e-6;

    /** Moves within this are one entry, in ms. */
    private static final long ENTRY_MS = 1000;

    record Moved(double share, long atMs) {}

    MoveLimit {
        at = Map.copyOf(at);
        before = Map.copyOf(before);
        moved = List.copyOf(moved);
    }

    boolean waits() {
        return held > 0;
    }

    /**
     * The next state.
     *
     * @param last null for a rule that is new here: it starts with its wanted shares
     * @param wanted shares by target, summing to 1; empty when no client is sent anywhere
     * @param nowMs on a clock that only goes forward
     */
    static MoveLimit next(@Nullable MoveLimit last, Map<RegionId, Double> wanted, double maxPerMinute, long nowMs) {
        if (last == null || wanted.isEmpty()) {
            return new MoveLimit(wanted, 0, wanted, last == null ? List.of() : last.moved());
        }
        Map<RegionId, Double> from = known(last.at(), wanted);
        if (from.isEmpty()) {
            return new MoveLimit(wanted, 0, wanted, last.moved());
        }
        List<Moved> recent = new ArrayList<>();
        double spent = 0;
        for (Moved entry : last.moved()) {
            if (nowMs - entry.atMs() < SafetyRules.WINDOW.toMillis()) {
                recent.add(entry);
                spent += entry.share();
            }
        }
        double distance = distance(from, wanted);
        if (distance <= LEAST) {
            return new MoveLimit(wanted, 0, wanted, recent);
        }
        double part = Math.min(1, Math.max(0, maxPerMinute - spent) / distance);
        double now = part * distance;
        if (now > 0) {
            note(recent, now, nowMs);
        }
        if (part >= 1) {
            return new MoveLimit(wanted, 0, wanted, recent);
        }
        Map<RegionId, Double> at = new HashMap<>();
        wanted.forEach((region, share) -> at.put(region, part * share + (1 - part) * from.getOrDefault(region, 0.0)));
        return new MoveLimit(at, 1 - part, from, recent);
    }

    private static void note(List<Moved> recent, double share, long nowMs) {
        int last = recent.size() - 1;
        if (last >= 0 && nowMs - recent.get(last).atMs() < ENTRY_MS) {
            // Counted at the time of the later move, so that it does not expire before its minute is over.
            recent.set(last, new Moved(recent.get(last).share() + share, nowMs));
        } else {
            recent.add(new Moved(share, nowMs));
        }
    }

    /** The shares among the targets that the rule still has. */
    private static Map<RegionId, Double> known(Map<RegionId, Double> shares, Map<RegionId, Double> wanted) {
        double sum = 0;
        for (RegionId region : wanted.keySet()) {
            sum += shares.getOrDefault(region, 0.0);
        }
        Map<RegionId, Double> known = new HashMap<>();
        for (RegionId region : wanted.keySet()) {
            if (sum > LEAST) {
                known.put(region, shares.getOrDefault(region, 0.0) / sum);
            }
        }
        return known;
    }

    private static double distance(Map<RegionId, Double> from, Map<RegionId, Double> to) {
        double distance = 0;
        for (Map.Entry<RegionId, Double> share : to.entrySet()) {
            distance += Math.max(0, share.getValue() - from.getOrDefault(share.getKey(), 0.0));
        }
        return distance;
    }
}
