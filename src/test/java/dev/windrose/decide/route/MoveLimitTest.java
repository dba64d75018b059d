package dev.windrose.decide.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.Forall;
import dev.windrose.model.RegionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class MoveLimitTest {

    private static final RegionId US = new RegionId("us-east-1");
    private static final RegionId EU = new RegionId("eu-west-1");
    private static final RegionId ASIA = new RegionId("ap-southeast-1");
    private static final Offset<Double> SMALL = within(1e-9);

    @Test
    void aRuleThatIsNewIsWhereItWantsToBe() {
        MoveLimit pace = MoveLimit.next(null, Map.of(US, 0.5, EU, 0.5), 0.1, 0);
        assertThat(pace.waits()).isFalse();
        assertThat(pace.at()).containsEntry(US, 0.5);
    }

    @Test
    void aMoveWithinTheLimitIsMadeAtOnce() {
        MoveLimit pace = MoveLimit.next(
                MoveLimit.next(null, Map.of(US, 0.5, EU, 0.5), 0.25, 0), Map.of(US, 0.3, EU, 0.7), 0.25, 1);
        assertThat(pace.waits()).isFalse();
        assertThat(pace.at()).containsEntry(EU, 0.7);
    }

    @Test
    void aLargerMoveTakesMinutes() {
        Map<RegionId, Double> wanted = Map.of(US, 0.0, EU, 1.0);
        MoveLimit pace = MoveLimit.next(MoveLimit.next(null, Map.of(US, 1.0, EU, 0.0), 0.25, 0), wanted, 0.25, 1);
        assertThat(pace.at().get(US)).isEqualTo(0.75, SMALL);
        assertThat(pace.held()).isEqualTo(0.75, SMALL);

        pace = MoveLimit.next(pace, wanted, 0.25, 60_000);
        assertThat(pace.at().get(US)).as("the minute is not over").isEqualTo(0.75, SMALL);
        pace = MoveLimit.next(pace, wanted, 0.25, 60_001);
        assertThat(pace.at().get(US)).isEqualTo(0.5, SMALL);
        pace = MoveLimit.next(pace, wanted, 0.25, 120_001);
        pace = MoveLimit.next(pace, wanted, 0.25, 180_001);
        assertThat(pace.at().get(EU)).isEqualTo(1, SMALL);
        assertThat(pace.waits()).isFalse();
    }

    @Test
    void aTargetThatTheRuleNoLongerHasIsLeftAtOnce() {
        MoveLimit pace = MoveLimit.next(null, Map.of(US, 0.5, EU, 0.5), 0.1, 0);
        pace = MoveLimit.next(pace, Map.of(US, 0.5, ASIA, 0.5), 0.1, 1);
        assertThat(pace.at()).doesNotContainKey(EU);
        assertThat(pace.at().get(US)).isEqualTo(0.9, SMALL);
    }

    @Test
    void inNoMinuteMovesMoreThanTheLimitHoweverOftenItIsAskedAndWhateverIsWanted() {
        Forall.cases(random -> {
            double limit = 0.05 + random.nextDouble() * 0.5;
            List<RegionId> targets = List.of(US, EU, ASIA);
            MoveLimit pace = MoveLimit.next(null, wanted(random, targets), limit, 0);
            List<Map<RegionId, Double>> places = new ArrayList<>();
            List<Long> times = new ArrayList<>();
            Map<RegionId, Double> wanted = wanted(random, targets);
            long now = 0;
            for (int i = 0; i < 200; i++) {
                now += 1 + random.nextInt(3000);
                wanted = random.nextInt(10) == 0 ? wanted(random, targets) : wanted;
                pace = MoveLimit.next(pace, wanted, limit, now);
                double sum = pace.at().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum();
                assertThat(sum).isEqualTo(1, within(1e-6));
                places.add(pace.at());
                times.add(now);
            }
            for (int from = 0; from < places.size(); from++) {
                double moved = 0;
                for (int i = from + 1; i < places.size() && times.get(i) - times.get(from) < 60_000; i++) {
                    moved += distance(places.get(i - 1), places.get(i));
                }
                assertThat(moved).isLessThanOrEqualTo(limit + 1e-6);
            }
        });
    }

    private static Map<RegionId, Double> wanted(Random random, List<RegionId> targets) {
        Map<RegionId, Double> wanted = new HashMap<>();
        double sum = 0;
        for (RegionId target : targets) {
            wanted.put(target, random.nextInt(3) == 0 ? 0 : random.nextDouble());
            sum += wanted.get(target);
        }
        double total = sum;
        if (total == 0) {
            return Map.of(US, 1.0, EU, 0.0, ASIA, 0.0);
        }
        wanted.replaceAll((region, share) -> share / total);
        return wanted;
    }

    private static double distance(Map<RegionId, Double> from, Map<RegionId, Double> to) {
        return to.entrySet().stream()
                .mapToDouble(share -> Math.max(0, share.getValue() - from.getOrDefault(share.getKey(), 0.0)))
                .sum();
    }
}
