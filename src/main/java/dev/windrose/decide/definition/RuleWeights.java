package dev.windrose.decide.definition;

import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The weights of all targets of a rule. Of a rule without weights, with weights of some targets or of regions that are no
 * targets, these are what decisions go by.
 */
public final class RuleWeights {

    /**
     * The weights of all targets, summing to 1. A target without a weight has the mean of the others, so that nobody is
     * left out by being forgotten; where no weight is above 0 all are equal.
     */
    public static Map<RegionId, Double> normalised(List<RegionId> targets, Map<RegionId, Double> given) {
        Map<RegionId, Double> weights = scaled(targets, given);
        double all = 0;
        for (double weight : weights.values()) {
            all += weight;
        }
        // Weights that sum to 1 but for their last digits are normalised already, and stay what they are.
        double sum = Math.abs(all - 1) < 1e-12 ? 1 : all;
        weights.replaceAll((target, weight) -> weight / sum);
        return weights;
    }

    /**
     * The same on the scale on which they were given, so that one of them can be changed and the others mean what they
     * meant.
     */
    public static Map<RegionId, Double> scaled(List<RegionId> targets, Map<RegionId, Double> given) {
        double total = 0;
        int known = 0;
        for (RegionId target : targets) {
            Double weight = given.get(target);
            if (weight != null && weight >= 0) {
                total += weight;
                known++;
            }
        }
        boolean none = !(total > 0);
        double mean = none ? 1.0 / targets.size() : total / known;
        Map<RegionId, Double> weights = new TreeMap<>();
        for (RegionId target : targets) {
            Double weight = given.get(target);
            weights.put(target, none || weight == null || weight < 0 ? mean : weight);
        }
        return weights;
    }

    /** The weights of a rule's targets on the scale on which the state has them. */
    public static Map<RegionId, Double> stored(Rule rule, DefinitionState state) {
        Map<RegionId, Double> given = new FieldReader(state).readable(Fields.WEIGHTS, Fields::numbers);
        return scaled(rule.targets(), given == null ? rule.weights() : given);
    }

    private RuleWeights() {}
}
