package dev.windrose.decide.geo;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One place of a {@link LatencyMap}: what clients of this node measured there, and what other nodes reported. */
final class LatencyRow {

    /** What one other node reported for the place. */
    private record Heard(RoundTripAverages averages, double weight, long at) {}

    final long place;
    final @Nullable String name;
    final RoundTripAverages own = new RoundTripAverages();

    /** The place around this one, or {@link PlaceKey#NONE}. */
    long parent = PlaceKey.NONE;

    /** The regions' order in the last view. */
    byte[] order = {};

    private float weight = 0;
    private long touched;
    private @Nullable Map<String, Heard> heard = null;

    /** @param name null for anything but a name */
    LatencyRow(long place, @Nullable String name, long now) {
        this.place = place;
        this.name = name;
        this.touched = now;
    }

    /** Sets the current traffic. */
    void weigh(double traffic, long now) {
        weight = (float) traffic;
        touched = now;
    }

    long touched() {
        return touched;
    }

    /** Recent traffic that this node saw itself. */
    double own(long now, ExponentialDecay fading) {
        return weight * fading.after(now - touched);
    }

    /** Recent traffic that any node saw. */
    double weight(long now, ExponentialDecay fading) {
        double all = own(now, fading);
        if (heard != null) {
            for (Heard told : heard.values()) {
                all += told.weight() * fading.after(now - told.at());
            }
        }
        return all;
    }

    void hear(String source, RoundTripAverages averages, double traffic, long now) {
        if (heard == null) {
            heard = new HashMap<>(2);
        }
        heard.put(source, new Heard(averages, traffic, now));
    }

    void forget(String source) {
        if (heard != null && heard.remove(source) != null && heard.isEmpty()) {
            heard = null;
        }
    }

    /** Whether the source reported a sample newer than that second. */
    boolean heardAfter(String source, long second) {
        Heard told = heard == null ? null : heard.get(source);
        boolean after = false;
        for (int i = 0; told != null && i < told.averages().regions(); i++) {
            after |= told.averages().samples(i) > 0 && told.averages().at(i) > second;
        }
        return after;
    }

    /** The estimate of the round trip to a region, from clients here and elsewhere. */
    RoundTripEstimate known(int region, long now, ExponentialDecay fading) {
        RoundTripEstimate known = new RoundTripEstimate();
        known.add(own, region, Double.MAX_VALUE, 1, now, fading);
        if (heard != null) {
            for (Heard told : heard.values()) {
                known.add(told.averages(), region, Double.MAX_VALUE, 1, now, fading);
            }
        }
        return known;
    }
}
