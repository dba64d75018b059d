package dev.windrose.decide.health;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Outlier detection: finds the targets that fail their clients much more often than their peers do. */
public final class Outliers {

    /*
     * Checks only see whether a target answers checks. Client-reported outcomes can be worse, and are compared with
     * those of the other targets at the same time: when all fail, the cause lies elsewhere, and none is an outlier. A
     * target is one when its success rate is below the median of the peers by more than the allowed distance,
     * significantly (RateSignificance). The worst come first, and at most the capped share of the serving targets is
     * ejected, rounded down: with 0.34 one of three, and of two none. The median, because a region has few peers and
     * the outlier itself moves a mean of three. Sources: outlier detection of Envoy, with its cap.
     */

    /**
     * Recent client-reported outcomes of one target.
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
     * @param cap largest share of the targets that serve that may be ejected at once, 0 to 1
     */
    public record Limits(double distance, long requests, double cap) {}

    static final Outcomes NONE = new Outcomes(0, 0);

    /**
     * The targets that fail much more often than the others, the worst first.
     *
     * @param outcomes of every target of a rule that serves, by target
     */
    public static <T extends Comparable<T>> List<T> of(Map<T, Outcomes> outcomes, Limits limits) {
        List<T> judged = new ArrayList<>();
        outcomes.forEach((target, seen) -> {
            if (seen.requests() >= limits.requests()) {
                judged.add(target);
            }
        });
        List<T> outliers = new ArrayList<>();
        for (T target : judged) {
            Outcomes seen = outcomes.getOrDefault(target, NONE);
            double least = median(judged, outcomes, target) - limits.distance();
            if (RateSignificance.below(seen.failures(), seen.requests(), least, false)) {
                outliers.add(target);
            }
        }
        outliers.sort(
                Comparator.<T>comparingDouble(target -> rate(outcomes, target)).thenComparing(target -> target));
        return outliers;
    }

    /**
     * The number of targets that may be ejected at once: at most the cap's share of them, so of two none by a third,
     * and never all.
     *
     * @param targets that serve
     */
    public static int atMost(int targets, Limits limits) {
        // A share written as 0.3 of ten targets is three of them, whatever floating-point arithmetic makes of it.
        int share = (int) Math.floor(limits.cap() * targets + 1e-9);
        return Math.max(0, Math.min(targets - 1, share));
    }

    private static <T> double rate(Map<T, Outcomes> outcomes, T target) {
        Outcomes seen = outcomes.get(target);
        return seen == null ? 1 : seen.successRate();
    }

    /** Over all but the target itself; NaN, which is no distance from anything, when there are no others. */
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
