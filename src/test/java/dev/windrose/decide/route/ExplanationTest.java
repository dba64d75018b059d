package dev.windrose.decide.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import dev.windrose.model.Rule;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An explanation is of the decision that the client gets, and of no other. */
class ExplanationTest {

    private static final int TABLES_PER_SEED = 20;

    private static Client client(Random random) {
        String key = random.nextBoolean() ? "key-" + random.nextInt(1000) : null;
        return switch (random.nextInt(3)) {
            case 0 -> new Client("europe", null, key);
            case 1 -> new Client(null, new Coordinate(random.nextInt(180) - 90, random.nextInt(360) - 180), key);
            default ->
                new Client(Tables.MANY.get(random.nextInt(Tables.MANY.size())).value(), null, key);
        };
    }

    @Test
    void agreesWithTheDecisionForTenThousandRandomTablesAndClients() {
        AtomicInteger tables = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        Forall.cases(random -> {
            for (int i = 0; i < TABLES_PER_SEED; i++) {
                Rule rule = Tables.random(random);
                CompiledRule compiled = Tables.compile(rule, Tables.randomHealth(random));
                Client client = client(random);
                long sequence = random.nextLong();
                Choice decided = compiled.decide(client, sequence);
                Explanation explained = Explanation.of(compiled, client, sequence);

                assertThat(explained.choice()).isEqualTo(decided);
                assertThat(explained.tier()).isEqualTo(compiled.tier());
                assertThat(explained.candidates().stream().map(Explanation.Candidate::region))
                        .containsExactlyElementsOf(rule.targets());
                assertThat(explained.candidates().stream()
                                .filter(Explanation.Candidate::chosen)
                                .map(Explanation.Candidate::region))
                        .containsExactlyElementsOf(
                                decided.target() < 0
                                        ? java.util.List.of()
                                        : java.util.List.of(rule.targets().get(decided.target())));
                for (Explanation.Candidate candidate : explained.candidates()) {
                    boolean removed = !candidate.removedBy().isEmpty();
                    assertThat(candidate.chosen() && removed)
                            .as("%s of %s", candidate, explained)
                            .isFalse();
                    served.addAndGet(candidate.chosen() ? 1 : 0);
                }
                tables.incrementAndGet();
            }
        });
        if (Long.getLong("windrose.seed") == null) {
            assertThat(tables.get()).isEqualTo(10_000);
            assertThat(served.get()).isGreaterThan(5_000);
        }
    }
}
