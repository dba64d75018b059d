package dev.windrose.decide.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.model.Client;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsistentHashTest {

    @Test
    void entriesFollowTheWeights() {
        byte[] table = ConsistentHash.table(List.of("a", "b"), new double[] {1, 2}, 65_537);
        int[] count = new int[2];
        for (byte target : table) {
            count[target]++;
        }
        assertThat(count).containsExactly(21_846, 43_691);
    }

    @Test
    void equalTargetsDifferByAtMostOnePercentOfTheirShare() {
        List<String> names = List.of("a", "b", "c", "d", "e", "f", "g");
        byte[] table = ConsistentHash.table(names, new double[] {1, 1, 1, 1, 1, 1, 1}, ConsistentHash.sizeFor(7));
        int[] count = new int[7];
        for (byte target : table) {
            count[target]++;
        }
        for (int entries : count) {
            assertThat(entries).isBetween(table.length / 7 - 2, table.length / 7 + 2);
        }
    }

    @Test
    void onlyTheKeysOfTheTargetThatLeftMove() {
        ConsistentHash all = among(0b111);
        ConsistentHash without = among(0b101);
        for (int i = 0; i < 5_000; i++) {
            Client client = new Client(null, null, "key-" + i);
            int before = all.select(client, 0).target();
            int after = without.select(client, 0).target();
            if (before != 1) {
                assertThat(after).isEqualTo(before);
            } else {
                assertThat(after).isNotEqualTo(1);
            }
        }
    }

    private static ConsistentHash among(long serving) {
        Choice[] choices = new Choice[3];
        for (int i = 0; i < 3; i++) {
            choices[i] = new Choice(
                    new RuleId("web"),
                    i,
                    new RegionId("region-" + i),
                    null,
                    Reason.CONSISTENT_HASH,
                    Tier.SERVING,
                    null,
                    30,
                    TargetLoad.IDLE,
                    TargetLoad.IDLE);
        }
        byte[] table = ConsistentHash.table(List.of("region-0", "region-1", "region-2"), new double[] {1, 1, 1}, 1021);
        return new ConsistentHash(table, choices, serving, (client, sequence) -> choices[0]);
    }
}
