package dev.windrose.simulate;

import dev.windrose.decide.route.Choice;
import dev.windrose.decide.route.CompiledRule;
import dev.windrose.model.Client;
import dev.windrose.model.RegionId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the traffic of one rule went within the last minute, by the answers alone. */
final class Paces {

    private static final long MINUTE_MS = 60_000;
    private static final int ANSWERS = 500;

    /** What so few answers may be off. */
    private static final double TOLERANCE = 0.02;

    private record Place(Map<RegionId, Double> shares, long atMs) {}

    private final Deque<Place> places = new ArrayDeque<>();
    private @Nullable CompiledRule last = null;

    /** The largest share that is elsewhere now than at some moment of the last minute, less what sampling may be off. */
    double look(CompiledRule rule, long nowMs) {
        if (rule == last) {
            return 0;
        }
        last = rule;
        while (!places.isEmpty() && nowMs - places.peekFirst().atMs() >= MINUTE_MS) {
            places.removeFirst();
        }
        Map<RegionId, Double> shares = shares(rule);
        double farthest = 0;
        for (Place place : places) {
            farthest = Math.max(farthest, distance(place.shares(), shares));
        }
        places.addLast(new Place(shares, nowMs));
        return farthest - TOLERANCE;
    }

    private static Map<RegionId, Double> shares(CompiledRule rule) {
        Map<RegionId, Double> shares = new HashMap<>();
        for (int i = 0; i < ANSWERS; i++) {
            Choice choice = rule.decide(Client.ANYWHERE, i);
            RegionId region = choice.region();
            if (region != null) {
                shares.merge(region, 1.0 / ANSWERS, Double::sum);
            }
        }
        return shares;
    }

    private static double distance(Map<RegionId, Double> from, Map<RegionId, Double> to) {
        double distance = 0;
        for (Map.Entry<RegionId, Double> share : to.entrySet()) {
            distance += Math.max(0, share.getValue() - from.getOrDefault(share.getKey(), 0.0));
        }
        return distance;
    }
}
