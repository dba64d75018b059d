package dev.windrose.decide.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import dev.windrose.model.Client;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ConsistentHashTest {

    private static final int KEYS = 100_000;
    private static final Client[] CLIENTS = clients();
    private static final Choice KEYLESS = choice(-1, "keyless");

    private final KeyTables tables = new KeyTables();

    @Test
    void aTargetThatIsAddedOrRemovedMovesHardlyMoreKeysThanItMust() {
        for (int count : new int[] {2, 3, 5, 10, 25, 63}) {
            List<String> names = names(count + 1);
            double[] weights = equal(count + 1);
            String[] all = owners(names, weights);
            double sum = 0;
            double worst = 0;
            List<Integer> tried = tried(count);
            for (int out : tried) {
                double moved = moved(all, owners(without(names, out), equal(count)), names.get(out));
                sum += moved;
                worst = Math.max(worst, moved);
            }
            System.out.printf(
                    "keys: %d to %d equal targets: moved %.3f times the least, at worst %.3f%n",
                    count, count + 1, sum / tried.size(), worst);
            assertThat(worst).as("%d to %d targets", count, count + 1).isLessThan(1.3);
        }
    }

    @Test
    void aTargetOfAnotherWeightMovesHardlyMoreKeysThanItMust() {
        Forall.cases(6, random -> {
            int count = 2 + random.nextInt(30);
            List<String> names = names(count + 1);
            double[] weights = new double[count + 1];
            for (int i = 0; i <= count; i++) {
                weights[i] = 1 + random.nextInt(5);
            }
            int out = random.nextInt(count + 1);
            String[] before = owners(names, weights);
            double moved = moved(before, owners(without(names, out), without(weights, out)), names.get(out));
            assertThat(moved)
                    .as("%d targets of %s", count + 1, Arrays.toString(weights))
                    .isLessThan(1.3);
        });
    }

    @Test
    void slotsFollowTheWeightsAndHardlyMoreMoveThanMust() {
        for (int largest : new int[] {1, 10}) {
            for (int count : new int[] {3, 11, 21, 64}) {
                Random random = new Random(7);
                List<String> names = names(count);
                double[] weights = new double[count];
                double sum = 0;
                for (int i = 0; i < count; i++) {
                    weights[i] = 1 + random.nextInt(largest);
                    sum += weights[i];
                }
                KeyTable all = tables.of(names, weights).table();
                int[] counts = all.counts(count);
                List<String> sorted = names.stream().sorted().toList();
                double uneven = 0;
                double moved = 0;
                double worst = 0;
                double most = 0;
                int step = Math.max(1, count / 8);
                for (int out = 0; out < count; out += step) {
                    double share = weights[out] / sum;
                    uneven = Math.max(
                            uneven, Math.abs(counts[sorted.indexOf(names.get(out))] / (share * KeyTable.SLOTS) - 1));
                    List<String> others = without(sorted, sorted.indexOf(names.get(out)));
                    KeyTable without = tables.of(without(names, out), without(weights, out))
                            .table();
                    int changed = 0;
                    for (int slot = 0; slot < KeyTable.SLOTS; slot++) {
                        changed += sorted.get(all.owner(slot)).equals(others.get(without.owner(slot))) ? 0 : 1;
                    }
                    double least = counts[sorted.indexOf(names.get(out))];
                    moved += changed / least * step / count;
                    worst = Math.max(worst, changed / least);
                    most = Math.max(most, (changed - least) / KeyTable.SLOTS);
                }
                System.out.printf(
                        "slots: %d targets, weights 1 to %d: off by %.1f %%; moved %.3f times the least, at worst %.3f;"
                                + " at most %.2f %% of all too many%n",
                        count, largest, 100 * uneven, moved, worst, 100 * most);
                assertThat(uneven).isLessThan(0.05);
                assertThat(moved).isLessThan(1.3);
                assertThat(most).isLessThan(0.003);
            }
        }
    }

    @Test
    void anotherWeightOfOneTargetMovesHardlyMoreKeysThanItMust() {
        List<String> names = names(10);
        double[] more = equal(10);
        more[4] = 0.2;
        String[] before = owners(names, equal(10));
        String[] after = owners(names, more);
        int moved = 0;
        for (int i = 0; i < KEYS; i++) {
            moved += before[i].equals(after[i]) ? 0 : 1;
        }
        // From a tenth of all keys to two elevenths.
        assertThat(moved / (KEYS * (2.0 / 11 - 1.0 / 10))).isBetween(0.9, 1.2);
    }

    @Test
    void theOrderOfTheTargetsMovesNoKey() {
        Forall.cases(10, random -> {
            List<String> names = new ArrayList<>(names(2 + random.nextInt(20)));
            double[] weights = new double[names.size()];
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                weights[i] = 1 + names.get(i).hashCode() % 3 * 0.1;
                sum += weights[i];
            }
            String[] before = owners(names, weights);
            Collections.shuffle(names, random);
            for (int i = 0; i < weights.length; i++) {
                // What is divided by a sum that was added up in another order differs in the last bits.
                weights[i] = (1 + names.get(i).hashCode() % 3 * 0.1) / sum * (1 + 1e-15);
            }
            assertThat(owners(names, weights)).isEqualTo(before);
        });
    }

    @Test
    void keysAreSpreadByWeight() {
        List<String> names = names(10);
        double[] weights = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        String[] owners = owners(names, weights);
        for (int i = 0; i < weights.length; i++) {
            String name = names.get(i);
            long keys = Arrays.stream(owners).filter(name::equals).count();
            assertThat(keys / (KEYS * weights[i] / 55)).as(name).isCloseTo(1, Offset.offset(0.05));
        }
    }

    @Test
    void onlyTheKeysOfTheTargetThatDoesNotServeMoveAndTheyComeBack() {
        List<String> names = names(5);
        double[] weights = {1, 1, 2, 1, 1};
        ConsistentHash all = among(names, weights, 0b11111);
        ConsistentHash without = among(names, weights, 0b11011);
        int[] took = new int[5];
        for (Client client : CLIENTS) {
            int before = all.select(client, 0).target();
            int after = without.select(client, 0).target();
            if (before != 2) {
                assertThat(after).isEqualTo(before);
            } else {
                took[after]++;
            }
            assertThat(among(names, weights, 0b11111).select(client, 0).target())
                    .isEqualTo(before);
        }
        for (int target : new int[] {0, 1, 3, 4}) {
            assertThat(took[target] / (KEYS / 3.0 / 4)).as("target " + target).isCloseTo(1, Offset.offset(0.05));
        }
    }

    @Test
    void aTargetOfWeightZeroHasNoKeysAndTheOthersHaveAll() {
        ConsistentHash zero = among(names(3), new double[] {1, 0, 1}, 0b111);
        for (Client client : CLIENTS) {
            assertThat(zero.select(client, 0).target()).isNotEqualTo(1);
        }
        // Only the target serves that nobody's key belongs to.
        assertThat(among(names(3), new double[] {1, 0, 1}, 0b010).select(CLIENTS[0], 0))
                .isSameAs(KEYLESS);
        assertThat(owners(names(3), new double[] {0, 0, 0})).isEqualTo(owners(names(3), new double[] {1, 1, 1}));
    }

    @Test
    void rulesOfTheSameTargetsAndWeightsShareOneTable() {
        KeyTables.Of one = tables.of(List.of("a", "b"), new double[] {1, 2});
        KeyTables.Of other = tables.of(List.of("b", "a"), new double[] {0.4, 0.2});
        assertThat(other.table()).isSameAs(one.table());
        assertThat(other.targets()).containsExactly(1, 0);
        assertThat(tables.of(List.of("a", "b"), new double[] {1, 3}).table()).isNotSameAs(one.table());
    }

    private String[] owners(List<String> names, double[] weights) {
        ConsistentHash hash = among(names, weights, -1L);
        String[] owners = new String[KEYS];
        for (int i = 0; i < KEYS; i++) {
            owners[i] = names.get(hash.select(CLIENTS[i], 0).target());
        }
        return owners;
    }

    /** Keys that are elsewhere, as a multiple of those of the target that is in one of the two only. */
    private static double moved(String[] with, String[] without, String name) {
        int moved = 0;
        int least = 0;
        for (int i = 0; i < KEYS; i++) {
            moved += with[i].equals(without[i]) ? 0 : 1;
            least += with[i].equals(name) ? 1 : 0;
        }
        return moved / (double) least;
    }

    private static List<Integer> tried(int count) {
        List<Integer> tried = new ArrayList<>();
        for (int out = 0; out <= count; out += Math.max(1, count / 5)) {
            tried.add(out);
        }
        return tried;
    }

    private ConsistentHash among(List<String> names, double[] weights, long serving) {
        Choice[] choices = new Choice[names.size()];
        for (int i = 0; i < choices.length; i++) {
            choices[i] = choice(i, names.get(i));
        }
        return new ConsistentHash(tables.of(names, weights), choices, serving, (client, sequence) -> KEYLESS);
    }

    private static Choice choice(int target, String region) {
        return new Choice(
                new RuleId("web"),
                target,
                new RegionId(region),
                null,
                Reason.CONSISTENT_HASH,
                Tier.SERVING,
                null,
                30,
                TargetLoad.IDLE,
                TargetLoad.IDLE);
    }

    private static List<String> names(int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add("region-" + i);
        }
        return names;
    }

    private static double[] equal(int count) {
        double[] weights = new double[count];
        Arrays.fill(weights, 1.0 / count);
        return weights;
    }

    private static List<String> without(List<String> names, int out) {
        List<String> left = new ArrayList<>(names);
        left.remove(out);
        return left;
    }

    private static double[] without(double[] weights, int out) {
        double[] left = new double[weights.length - 1];
        for (int i = 0; i < left.length; i++) {
            left[i] = weights[i < out ? i : i + 1];
        }
        return left;
    }

    private static Client[] clients() {
        Client[] clients = new Client[KEYS];
        for (int i = 0; i < KEYS; i++) {
            clients[i] = new Client(null, null, "key-" + i);
        }
        return clients;
    }
}
