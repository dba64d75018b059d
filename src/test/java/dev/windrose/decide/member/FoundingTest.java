package dev.windrose.decide.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FoundingTest {

    private static final List<String> SEEDS = List.of("us:1", "eu:1", "ap:1");

    private static NodeAnnouncement alone(String address, String favours) {
        return new NodeAnnouncement(
                address, 1, address.substring(0, 2), "j-" + address, true, favours, false, "", 0, 0);
    }

    private static NodeAnnouncement in(String address, String cluster, int regions) {
        return new NodeAnnouncement(
                address, 1, address.substring(0, 2), "j-" + address, true, "", true, cluster, regions, regions);
    }

    private static Map<String, NodeAnnouncement> heard(NodeAnnouncement... standings) {
        Map<String, NodeAnnouncement> heard = new HashMap<>();
        for (NodeAnnouncement standing : standings) {
            heard.put(standing.address(), standing);
        }
        return heard;
    }

    private static Founding.Step step(NodeAnnouncement self, NodeAnnouncement... others) {
        return Founding.decide(self, SEEDS, heard(others), false).step();
    }

    @Test
    void theSeedThatAllFavourFounds() {
        assertThat(step(alone("ap:1", "ap:1"), alone("us:1", "ap:1"), alone("eu:1", "ap:1")))
                .isEqualTo(Founding.Step.FOUND);
        assertThat(step(alone("us:1", "ap:1"), alone("ap:1", "ap:1"), alone("eu:1", "ap:1")))
                .isEqualTo(Founding.Step.WAIT);
        assertThat(step(alone("ap:1", "ap:1"), alone("us:1", "ap:1"), alone("eu:1", "eu:1")))
                .as("one does not know yet that the lowest is able")
                .isEqualTo(Founding.Step.WAIT);
    }

    @Test
    void nothingIsFoundedWhileASeedIsSilentAndTheReasonNamesIt() {
        Founding.Verdict verdict = Founding.decide(alone("ap:1", "ap:1"), SEEDS, heard(alone("us:1", "ap:1")), false);
        assertThat(verdict.step()).isEqualTo(Founding.Step.WAIT);
        assertThat(verdict.reason()).contains("[eu:1]").contains("--found").doesNotContain("us:1");
        assertThat(step(alone("us:1", "us:1"))).as("the first seed alone").isEqualTo(Founding.Step.WAIT);
    }

    @ParameterizedTest(name = "{0} waits {1} s")
    @CsvSource({
        "ap:1, 5", // the lowest of the seeds
        "eu:1, 8",
        "us:1, 11",
        "af:1, 5", // no seed
        "zz:1, 14",
    })
    void seedsThatAreOrderedToFoundDoSoOneAfterTheOther(String self, int seconds) {
        assertThat(Founding.orderedAfter(self, SEEDS)).hasSeconds(seconds);
        assertThat(Founding.orderedAfter(self, List.of())).as("alone").hasSeconds(5);
    }

    @Test
    void byOrderItFoundsWithoutTheSilentButJoinsWhatThereIs() {
        assertThat(Founding.decide(alone("us:1", "us:1"), SEEDS, heard(), true).step())
                .isEqualTo(Founding.Step.FOUND);
        assertThat(Founding.decide(alone("us:1", "us:1"), SEEDS, heard(in("eu:1", "1", 2)), true)
                        .step())
                .isEqualTo(Founding.Step.JOIN);
    }

    @Test
    void aNodeWithoutSeedsOrWithItselfAloneFoundsAtOnce() {
        assertThat(Founding.decide(alone("us:1", ""), List.of(), heard(), false).step())
                .isEqualTo(Founding.Step.FOUND);
        assertThat(Founding.decide(alone("us:1", "us:1"), List.of("us:1"), heard(), false)
                        .step())
                .isEqualTo(Founding.Step.FOUND);
    }

    @Test
    void aNodeThatIsNoSeedNeverFounds() {
        NodeAnnouncement self = alone("de:2", "ap:1");
        assertThat(Founding.decide(
                                self,
                                SEEDS,
                                heard(alone("ap:1", "de:2"), alone("us:1", "de:2"), alone("eu:1", "de:2")),
                                false)
                        .step())
                .isEqualTo(Founding.Step.WAIT);
    }

    @Test
    void aNodeWhoseJournalIsNotOpenDoesNothingAndIsNotFavoured() {
        NodeAnnouncement closed = new NodeAnnouncement("ap:1", 1, "ap", "", false, "", false, "", 0, 0);
        assertThat(step(closed, alone("us:1", "us:1"), in("eu:1", "1", 1))).isEqualTo(Founding.Step.WAIT);
        assertThat(Founding.favoured("us:1", true, SEEDS, heard(closed, alone("eu:1", ""))))
                .isEqualTo("eu:1");
        assertThat(Founding.favoured("us:1", false, SEEDS, heard(closed))).isEmpty();
    }

    @Test
    void ofTwoClustersItJoinsTheBetter() {
        Founding.Verdict verdict =
                Founding.decide(alone("us:1", "us:1"), SEEDS, heard(in("eu:1", "1", 1), in("ap:1", "2", 2)), false);
        assertThat(verdict).isEqualTo(new Founding.Verdict(Founding.Step.JOIN, List.of("ap:1"), ""));
    }

    @Test
    void aSecondJournalOfARegionIsRefusedWithTheReason() {
        NodeAnnouncement first = in("us:1", "1", 2);
        NodeAnnouncement second = new NodeAnnouncement("us:2", 1, "us", "another", true, "", false, "", 0, 0);
        Founding.Verdict verdict = Founding.decide(second, SEEDS, heard(first), false);
        assertThat(verdict.step()).isEqualTo(Founding.Step.REFUSED);
        assertThat(verdict.reason()).contains("us:1").contains("j-us:1").contains("another");

        NodeAnnouncement before = alone("us:1", "us:1");
        assertThat(Founding.otherJournal(second, List.of(before)))
                .as("neither is in a cluster")
                .isNotNull();
        assertThat(Founding.otherJournal(before, List.of(second))).isNull();
        assertThat(Founding.otherJournal(before, List.of(in("eu:1", "1", 1)))).isNull();
    }

    @Test
    void seedsThatHearEachOtherFoundInTheEnd() {
        Forall.cases(random -> {
            boolean[] founded = acted(random, 400, 1.0);
            assertThat(founded).contains(true);
        });
    }

    /** Nodes start, hear each other late or not at all, restart, and found as they are told: there is never a second cluster. */
    @Test
    void twoSeedsNeverBothFoundWhateverIsHeardAndWhen() {
        Forall.cases(random -> {
            int clusters = 0;
            for (boolean one : acted(random, 200, 0.8)) {
                clusters += one ? 1 : 0;
            }
            assertThat(clusters).isLessThanOrEqualTo(1);
        });
    }

    private static boolean[] acted(Random random, int steps, double heardAtAll) {
        int count = 2 + random.nextInt(3);
        List<String> seeds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            seeds.add("s" + i + ":1");
        }
        boolean[] able = new boolean[count];
        boolean[] founded = new boolean[count];
        List<Map<String, NodeAnnouncement>> heard = new ArrayList<>();
        seeds.forEach(seed -> heard.add(new HashMap<>()));
        for (int step = 0; step < steps; step++) {
            act(random, random.nextInt(count), seeds, able, founded, heard, heardAtAll);
        }
        return founded;
    }

    private static void act(
            Random random,
            int i,
            List<String> seeds,
            boolean[] able,
            boolean[] founded,
            List<Map<String, NodeAnnouncement>> heard,
            double heardAtAll) {
        String self = seeds.get(i);
        able[i] |= random.nextInt(4) == 0;
        String favours = Founding.favoured(self, able[i], seeds, heard.get(i));
        NodeAnnouncement mine =
                new NodeAnnouncement(self, 1, self, "j", able[i], favours, founded[i], founded[i] ? self : "", 1, 1);
        if (random.nextBoolean()) {
            int to = random.nextInt(seeds.size());
            if (to != i) {
                heard.get(to).put(self, mine);
            }
        } else if (random.nextDouble() > heardAtAll && !heard.get(i).isEmpty()) {
            // Grown old.
            heard.get(i).remove(heard.get(i).keySet().iterator().next());
        } else if (!founded[i]) {
            founded[i] = Founding.decide(mine, seeds, heard.get(i), false).step() == Founding.Step.FOUND;
        }
    }
}
