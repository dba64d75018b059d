package dev.windrose.decide.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class WorkAssignmentTest {

    @Test
    void aNodeAloneTakesEverything() {
        assertThat(WorkAssignment.takes("a", Set.of("a"), "anything")).isTrue();
    }

    @Test
    void everyPieceHasExactlyOneTaker() {
        Forall.cases(random -> {
            Set<String> nodes = nodes(1 + random.nextInt(6), random.nextInt());
            String work = "eu-west-1 http://10.0.0." + random.nextInt(256) + ":8080 " + random.nextInt();
            assertThat(nodes.stream().filter(node -> WorkAssignment.takes(node, nodes, work)))
                    .hasSize(1);
        });
    }

    @Test
    void onlyTheShareOfTheNodeThatLeftMoves() {
        Forall.cases(random -> {
            Set<String> nodes = nodes(2 + random.nextInt(5), random.nextInt());
            List<String> order = new ArrayList<>(nodes);
            String gone = order.get(random.nextInt(order.size()));
            Set<String> rest = new TreeSet<>(nodes);
            rest.remove(gone);
            for (int i = 0; i < 20; i++) {
                String work = "work-" + random.nextInt();
                for (String node : rest) {
                    if (WorkAssignment.takes(node, nodes, work)) {
                        assertThat(WorkAssignment.takes(node, rest, work)).isTrue();
                    }
                }
            }
        });
    }

    @Test
    void sharesAreAboutEqual() {
        Set<String> nodes = Set.of("127.0.0.1:25519", "127.0.0.1:25529", "127.0.0.1:25539");
        for (String node : nodes) {
            long taken = 0;
            for (int i = 0; i < 3000; i++) {
                taken += WorkAssignment.takes(node, nodes, "us-east-1 http://127.0.0.1:" + i + " 5af") ? 1 : 0;
            }
            assertThat(taken).isBetween(850L, 1150L);
        }
    }

    private static Set<String> nodes(int count, int salt) {
        Set<String> nodes = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            nodes.add("10.0." + i + ".1:" + (salt & 0xFFFF));
        }
        return nodes;
    }
}
