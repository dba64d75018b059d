package dev.windrose.decide.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class VotesTest {

    private static final Duration MISSED = Duration.ofMinutes(15);
    private static final Duration VOICE = Duration.ofSeconds(30);

    /** One node, or more, in each region; links are one-way, and each node talks every 5 s. */
    private static final class World {
        final List<RegionId> regions = new ArrayList<>();
        final Map<String, RegionId> nodes = new HashMap<>();
        final Map<String, Votes> rolls = new HashMap<>();
        final Set<String> cut = new HashSet<>();
        long nowNanos = 1_000;

        World(int count, int nodesEach) {
            for (int i = 0; i < count; i++) {
                regions.add(new RegionId("r" + i));
            }
            for (RegionId region : regions) {
                for (int i = 0; i < nodesEach; i++) {
                    String node = region + "-" + i;
                    nodes.put(node, region);
                    rolls.put(node, new Votes(node, region, Set.copyOf(regions), MISSED, VOICE, nowNanos));
                }
            }
        }

        void cutBetween(int one, int other) {
            nodes.forEach((from, a) -> nodes.forEach((to, b) -> {
                if (a.equals(regions.get(one)) && b.equals(regions.get(other))) {
                    cut.add(from + ">" + to);
                    cut.add(to + ">" + from);
                }
            }));
        }

        void passes(Duration time) {
            long until = nowNanos + time.toNanos();
            while (nowNanos < until) {
                nowNanos += Duration.ofSeconds(5).toNanos();
                nodes.forEach((from, region) -> rolls.forEach((to, roll) -> {
                    if (!cut.contains(from + ">" + to)) {
                        roll.heard(from, region, rolls.get(from).missed(nowNanos), nowNanos);
                    }
                }));
            }
        }

        Set<RegionId> evictedBy(String node) {
            return rolls.get(node).evicted(nowNanos);
        }
    }

    @Test
    void nobodyIsEvictedWhileAllAreHeard() {
        World world = new World(3, 1);
        world.passes(Duration.ofHours(2));
        world.rolls.keySet().forEach(node -> assertThat(world.evictedBy(node)).isEmpty());
    }

    @Test
    void twoOfThreeEvictTheThirdAndItEvictsNobody() {
        World world = new World(3, 1);
        world.cutBetween(0, 1);
        world.cutBetween(0, 2);
        world.passes(MISSED.minusSeconds(10));
        assertThat(world.evictedBy("r1-0")).isEmpty();
        world.passes(Duration.ofSeconds(20));
        assertThat(world.evictedBy("r1-0")).containsExactly(new RegionId("r0"));
        assertThat(world.evictedBy("r2-0")).containsExactly(new RegionId("r0"));
        assertThat(world.evictedBy("r0-0")).isEmpty();
    }

    @Test
    void theTwoEndsOfABridgeAreBothKept() {
        World world = new World(3, 1);
        world.cutBetween(0, 2);
        world.passes(Duration.ofHours(1));
        world.rolls.keySet().forEach(node -> assertThat(world.evictedBy(node)).isEmpty());
    }

    @Test
    void aOneWayCutEvictsNobody() {
        World world = new World(3, 1);
        world.cut.add("r0-0>r1-0");
        world.passes(Duration.ofHours(1));
        world.rolls.keySet().forEach(node -> assertThat(world.evictedBy(node)).isEmpty());
    }

    @Test
    void ofTwoRegionsNoneEvictsTheOther() {
        World world = new World(2, 2);
        world.cutBetween(0, 1);
        world.passes(Duration.ofHours(1));
        world.rolls.keySet().forEach(node -> assertThat(world.evictedBy(node)).isEmpty());
    }

    @Test
    void aRegionIsMissedOnlyWhenNoneOfAnotherRegionsNodesHearsIt() {
        World world = new World(3, 2);
        world.cutBetween(0, 1);
        world.cutBetween(0, 2);
        world.cut.remove("r0-1>r2-1");
        world.passes(Duration.ofHours(1));
        // r2-1 still hears one node of r0, so r2 does not miss r0, and r1 alone is no majority.
        world.rolls.keySet().forEach(node -> assertThat(world.evictedBy(node)).isEmpty());
    }

    @Test
    void theVoteOfARegionThatHasFallenSilentDoesNotCount() {
        Votes roll = new Votes("r0-0", new RegionId("r0"), regions(3), MISSED, VOICE, 0);
        long late = MISSED.toNanos();
        roll.heard("r1-0", new RegionId("r1"), Set.of(new RegionId("r2")), late);
        assertThat(roll.evicted(late + 1)).containsExactly(new RegionId("r2"));
        assertThat(roll.evicted(late + VOICE.toNanos())).isEmpty();
    }

    @Test
    void aRegionThatJoinsHasItsTimeFromThenOn() {
        RegionId gone = new RegionId("r2");
        Votes roll = new Votes("r0-0", new RegionId("r0"), regions(3), MISSED, VOICE, 0);
        long late = 2 * MISSED.toNanos();
        assertThat(roll.missed(late)).contains(gone);
        roll.absent(gone, late);
        assertThat(roll.missed(late + MISSED.toNanos() - 1)).doesNotContain(gone);
        assertThat(roll.missed(late + MISSED.toNanos())).contains(gone);
    }

    @Test
    void zeroMeansNever() {
        Votes roll = new Votes("r0-0", new RegionId("r0"), regions(3), Duration.ZERO, VOICE, 0);
        assertThat(roll.missed(Long.MAX_VALUE / 2)).isEmpty();
    }

    @Test
    void whoeverIsCutOffTheEvictorsHearEachOtherAndAreAMajority() {
        Forall.cases(random -> {
            int count = 2 + random.nextInt(6);
            World world = new World(count, 1 + random.nextInt(2));
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < i; j++) {
                    if (random.nextInt(3) == 0) {
                        world.cutBetween(i, j);
                    }
                }
            }
            world.passes(MISSED.plusSeconds(30));
            for (String node : world.nodes.keySet()) {
                for (RegionId evicted : world.evictedBy(node)) {
                    // Whoever is evicted evicts none of those who took part.
                    Set<RegionId> against = new TreeSet<>(world.evictedBy(evicted + "-0"));
                    assertThat(against).doesNotContain(world.nodes.get(node));
                }
            }
        });
    }

    private static Set<RegionId> regions(int count) {
        Set<RegionId> regions = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            regions.add(new RegionId("r" + i));
        }
        return regions;
    }
}
