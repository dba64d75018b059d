package dev.windrose.decide.health;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the targets that fail their clients much more often than their peers do. */
public final class Outliers {

    /*
     * Checks see whether a target answers checks. What clients report can be worse, and is compared with what they
     * report of the others at the same time: when everybody fails, the cause lies elsewhere, and nobody is an outlier.
     * A target is one when its success rate is below the median of the peers by more than the allowed distance, on
     * enough requests to mean it. The worst come first, and at most the capped share of all targets is ejected, never
     * the last one but never less than one of two or more. The median, because a region has few peers and a mean of
     * three is moved by the outlier itself. Sources: outlier detection of Envoy, with its cap.
     */

    /**
     * What clients reported of one target lately.
     *
     * @param requests outcomes that were reported
     * @param failures of those, the ones that failed
     */
    public record Outcomes(long requests, long failures) {

        public double successRate() {
            return requests == 0 ? 1 : 1 - (double) failures / requests;
        }
    }

    /**
     * The settings.
     *
     * @param distance success rate below the median of the peers, 0 to 1; 1 turns the detection off
     * @param requests outcomes below which a target is not judged, at least 1
     * @param cap largest share of all targets that may be ejected at once, 0 to 1
     */
    public record Limits(double distance, long requests, double cap) {}

    /**
     * The targets to eject.
     *
     * @param outcomes of every target of a rule that serves, by target
     */
    public static <T extends Comparable<T>> Set<T> of(Map<T, Outcomes> outcomes, Limits limits) {
        List<T> judged = new ArrayList<>();
        outcomes.forEach((target, seen) -> {
            if (seen.requests() >= limits.requests()) {
                judged.add(target);
            }
        });
        int most = (int) Math.floor(limits.cap() * outcomes.size());
        int allowed = outcomes.size() < 2 || limits.cap() <= 0 ? 0 : Math.min(outcomes.size() - 1, Math.max(1, most));
        judged.sort(
                Comparator.<T>comparingDouble(target -> rate(outcomes, target)).thenComparing(target -> target));
        Set<T> ejected = new HashSet<>();
        for (T target : judged) {
            if (ejected.size() < allowed
                    && median(judged, outcomes, target) - rate(outcomes, target) > limits.distance()) {
                ejected.add(target);
            }
        }
        return ejected;
    }

    private static <T> double rate(Map<T, Outcomes> outcomes, T target) {
        Outcomes seen = outcomes.get(target);
        return seen == null ? 1 : seen.successRate();
    }

    /** Of everybody but the target itself; NaN, which is no distance from anything, when there is nobody else. */
    private static <T> double median(List<T> judged, Map<T, Outcomes> outcomes, T target) {
        double[] rates = judged.stream()
                .filter(other -> !other.equals(target))
                .mapToDouble(other -> rate(outcomes, other))
                .sorted()
                .toArray();
        int half = rates.length / 2;
        if (rates.length == 0) {
            return Double.NaN;
        }
        return rates.length % 2 == 1 ? rates[half] : (rates[half - 1] + rates[half]) / 2;
    }

    private Outliers() {}
}
