package dev.windrose.decide.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.Forall;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import dev.windrose.model.WhenFull;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpilloverTest {

    private static final List<RegionId> REGIONS =
            List.of(new RegionId("a"), new RegionId("b"), new RegionId("c"), new RegionId("d"), new RegionId("e"));

    private static Spillover.Claim claim(Random random, String rule, List<RegionId> lost) {
        List<RegionId> targets = new ArrayList<>(REGIONS);
        Collections.shuffle(targets, random);
        List<Spillover.Wish> wishes = new ArrayList<>();
        for (RegionId region : targets) {
            List<RegionId> others = new ArrayList<>(targets);
            others.remove(region);
            Collections.shuffle(others, random);
            wishes.add(new Spillover.Wish(
                    region,
                    !lost.contains(region),
                    random.nextInt(4) == 0 ? 0.1 + 0.9 * random.nextDouble() : 1,
                    0.1 + random.nextDouble(),
                    random.nextInt(100),
                    others));
        }
        return new Spillover.Claim(new RuleId(rule), wishes, false, WhenFull.SPILL);
    }

    /** What each region gets when everybody chooses among the candidates by weight and is then moved as settled. */
    private static Map<RegionId, Double> loads(List<Spillover.Claim> claims, Map<RuleId, Shares> settled) {
        Map<RegionId, Double> loads = new HashMap<>();
        for (Spillover.Claim claim : claims) {
            double lost = 0;
            double weight = 0;
            for (Spillover.Wish wish : claim.wishes()) {
                lost += wish.candidate() ? 0 : wish.wanted();
                weight += wish.candidate() ? wish.weight() : 0;
            }
            Shares shares = settled.get(claim.rule());
            for (int i = 0; i < claim.wishes().size(); i++) {
                Spillover.Wish wish = claim.wishes().get(i);
                if (wish.candidate()) {
                    double chosen = wish.wanted() + lost * wish.weight() / weight;
                    for (int j = 0; j < claim.wishes().size(); j++) {
                        double part = shares == null ? (i == j ? 1 : 0) : shares.of(i, j);
                        loads.merge(claim.wishes().get(j).region(), chosen * part, Double::sum);
                    }
                }
            }
        }
        return loads;
    }

    @Test
    void noSurvivorIsAboveItsCapacityWhileAnotherHasRoomWhateverIsLost() {
        Forall.cases(random -> {
            List<RegionId> lost = new ArrayList<>(REGIONS);
            Collections.shuffle(lost, random);
            lost = lost.subList(0, random.nextInt(4));
            List<Spillover.Claim> claims = new ArrayList<>();
            double demand = 0;
            for (int i = 1 + random.nextInt(6); i > 0; i--) {
                Spillover.Claim claim = claim(random, "rule-" + i, lost);
                claims.add(claim);
                demand += claim.wishes().stream()
                        .mapToDouble(Spillover.Wish::wanted)
                        .sum();
            }
            Map<RegionId, Double> capacities = new HashMap<>();
            for (RegionId region : REGIONS) {
                capacities.put(region, demand / 0.7 / 5 * (0.2 + 1.6 * random.nextDouble()));
            }
            Map<RegionId, Double> loads = loads(claims, Spillover.settle(claims, capacities));

            assertThat(loads.values().stream().mapToDouble(Double::doubleValue).sum())
                    .as("nobody is lost")
                    .isCloseTo(demand, within(1e-6 + demand / 1e6));
            // Shares are settled in steps, so a region may be off by a step of what is sent there.
            double step = demand * 5 / 256 + 1e-6;
            List<RegionId> gone = lost;
            boolean over = REGIONS.stream()
                    .anyMatch(region -> loads.getOrDefault(region, 0.0) > capacities.get(region) + step);
            boolean room = REGIONS.stream()
                    .filter(region -> !gone.contains(region))
                    .anyMatch(region -> loads.getOrDefault(region, 0.0) < capacities.get(region) - step);
            assertThat(over && room)
                    .as("loads %s, capacities %s", loads, capacities)
                    .isFalse();
            gone.forEach(region -> assertThat(loads.getOrDefault(region, 0.0)).isZero());
        });
    }

    @Test
    void nothingIsSettledWhileEverybodyFits() {
        Forall.cases(random -> {
            Spillover.Claim claim = claim(random, "rule", List.of());
            List<Spillover.Wish> whole = claim.wishes().stream()
                    .map(wish ->
                            new Spillover.Wish(wish.region(), true, 1, wish.weight(), wish.wanted(), wish.nearest()))
                    .toList();
            Spillover.Claim fits = new Spillover.Claim(claim.rule(), whole, random.nextBoolean(), WhenFull.SPILL);
            Map<RegionId, Double> capacities = new HashMap<>();
            REGIONS.forEach(region -> capacities.put(region, 100.0));
            assertThat(Spillover.settle(List.of(fits), capacities)).isEmpty();
        });
    }
}
