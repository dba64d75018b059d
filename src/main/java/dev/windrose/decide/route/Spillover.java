package dev.windrose.decide.route;

import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import dev.windrose.model.WhenFull;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Determines, for all rules together, where the clients chosen for each target actually go. */
final class Spillover {

    /*
     * Demand is measured as the target that the algorithm chose, before any redirect. When a target stops being a
     * candidate, its demand will move to others within the next second: this is anticipated here, so that the survivors
     * are not overloaded until it is measured. Two steps follow, each a division of every target's clients among the
     * targets: first what a target may not have now (it warms up, or is degraded), then what exceeds its region's
     * capacity, by waterfall. Both together are one product of matrices.
     */

    /** Shares are rounded to steps of this, so that measurements may fluctuate without a new table. */
    private static final double STEP = 1 / 256.0;

    /** The demand of one rule. Lists are by target. */
    record Claim(RuleId rule, List<Wish> wishes, boolean concentrates, WhenFull whenFull) {
        Claim {
            wishes = List.copyOf(wishes);
        }

        private int index(RegionId region) {
            for (int i = 0; i < wishes.size(); i++) {
                if (wishes.get(i).region().equals(region)) {
                    return i;
                }
            }
            throw new IllegalArgumentException("region: " + region + " (expected: a target of " + rule + ")");
        }
    }

    /**
     * The demand of one rule for one target.
     *
     * @param candidate whether its algorithm may choose it
     * @param kept share of its clients that it may have now
     * @param wanted recent requests per second chosen for it
     * @param nearest the other targets of the rule, nearest first
     */
    record Wish(RegionId region, boolean candidate, double kept, double weight, double wanted, List<RegionId> nearest) {
        Wish {
            nearest = List.copyOf(nearest);
        }
    }

    /**
     * The redirects of each rule; rules without any are absent.
     *
     * @param capacities requests per second that a region can take; missing: unlimited
     */
    static Map<RuleId, Shares> settle(Collection<Claim> claims, Map<RegionId, Double> capacities) {
        List<Claim> all = List.copyOf(claims);
        List<double[][]> redirected = new ArrayList<>();
        List<Waterfall.Flow> flows = new ArrayList<>();
        for (Claim claim : all) {
            double[][] redirects = redirects(claim);
            redirected.add(redirects);
            double[] rates = foreseen(claim, redirects);
            for (int i = 0; i < rates.length; i++) {
                Wish wish = claim.wishes().get(i);
                List<RegionId> alternatives = wish.nearest().stream()
                        .filter(region ->
                                claim.wishes().get(claim.index(region)).candidate())
                        .toList();
                flows.add(new Waterfall.Flow(wish.region(), rates[i], alternatives, claim.whenFull()));
            }
        }
        List<Waterfall.Part> parts = Waterfall.of(flows, capacities);
        Map<RuleId, Shares> settled = new HashMap<>();
        int at = 0;
        for (int c = 0; c < all.size(); c++) {
            Claim claim = all.get(c);
            int count = claim.wishes().size();
            double[][] shares = product(redirected.get(c), rows(claim, parts.subList(at, at + count)));
            at += count;
            if (!everybodyStays(claim, shares)) {
                settled.put(claim.rule(), new Shares(shares));
            }
        }
        return settled;
    }

    private static Wish wish(Claim claim, int target) {
        return claim.wishes().get(target);
    }

    /** The excess of a target goes to the other candidates by weight; a single candidate keeps all. */
    private static double[][] redirects(Claim claim) {
        int count = claim.wishes().size();
        double[][] redirects = new double[count][count];
        for (int i = 0; i < count; i++) {
            double others = 0;
            for (int j = 0; j < count; j++) {
                others += j != i && wish(claim, j).candidate()
                        ? wish(claim, j).weight() * wish(claim, j).kept()
                        : 0;
            }
            double keeps = others > 0 ? wish(claim, i).kept() : 1;
            redirects[i][i] = keeps;
            for (int j = 0; j < count && keeps < 1; j++) {
                if (j != i && wish(claim, j).candidate()) {
                    redirects[i][j] = (1 - keeps)
                            * wish(claim, j).weight()
                            * wish(claim, j).kept()
                            / others;
                }
            }
        }
        return redirects;
    }

    /** Requests per second that will come to each target after the redirects. */
    private static double[] foreseen(Claim claim, double[][] redirects) {
        int count = claim.wishes().size();
        double[] chosen = new double[count];
        double lost = 0;
        double weight = 0;
        for (int i = 0; i < count; i++) {
            if (wish(claim, i).candidate()) {
                chosen[i] += wish(claim, i).wanted();
                weight += wish(claim, i).weight();
            } else if (claim.concentrates()) {
                int next = firstCandidate(claim, i);
                if (next >= 0) {
                    chosen[next] += wish(claim, i).wanted();
                }
            } else {
                lost += wish(claim, i).wanted();
            }
        }
        long candidates = claim.wishes().stream().filter(Wish::candidate).count();
        double[] rates = new double[count];
        for (int i = 0; i < count; i++) {
            if (wish(claim, i).candidate()) {
                double part = weight > 0 ? wish(claim, i).weight() / weight : 1.0 / candidates;
                chosen[i] += lost * part;
            }
        }
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                rates[j] += chosen[i] * redirects[i][j];
            }
        }
        return rates;
    }

    private static int firstCandidate(Claim claim, int target) {
        for (RegionId region : wish(claim, target).nearest()) {
            int index = claim.index(region);
            if (wish(claim, index).candidate()) {
                return index;
            }
        }
        return -1;
    }

    private static double[][] rows(Claim claim, List<Waterfall.Part> parts) {
        int count = claim.wishes().size();
        double[][] rows = new double[count][count + 1];
        for (int i = 0; i < count; i++) {
            Waterfall.Part part = parts.get(i);
            for (int j = 0; j < count; j++) {
                rows[i][j] = j == i
                        ? part.kept()
                        : part.moved().getOrDefault(wish(claim, j).region(), 0.0);
            }
            rows[i][count] = part.shed();
        }
        return rows;
    }

    private static double[][] product(double[][] first, double[][] second) {
        int count = first.length;
        double[][] product = new double[count][count + 1];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                for (int k = 0; k <= count && first[i][j] > 0; k++) {
                    product[i][k] += first[i][j] * second[j][k];
                }
            }
            double rest = 1;
            for (int k = 0; k <= count; k++) {
                if (k != i) {
                    product[i][k] = Math.rint(product[i][k] / STEP) * STEP;
                    rest -= product[i][k];
                }
            }
            product[i][i] = Math.max(0, rest);
        }
        return product;
    }

    private static boolean everybodyStays(Claim claim, double[][] shares) {
        for (int i = 0; i < shares.length; i++) {
            if (wish(claim, i).candidate() && shares[i][i] < 1) {
                return false;
            }
        }
        return true;
    }

    private Spillover() {}
}
