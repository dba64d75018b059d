package dev.windrose.multijvm;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.Load;
import dev.windrose.stage.SlowClients;
import dev.windrose.stage.Witness;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Thousands of clients keep one node waiting in every way that HTTP allows, while others ask all nodes. */
@Tag("drill")
class SlowClientsStory {

    private static final int SOCKETS = Integer.getInteger("windrose.slow.sockets", 5000);
    private static final int OPENED_PER_SECOND = 1000;
    private static final int GOOD_PER_SECOND = 200;
    private static final int GOOD_CONNECTIONS = 4;
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final String RULE = "asked";

    @Test
    void areClosedWhileOthersAreAnswered() throws Exception {
        Figures figures = new Figures("24: slow clients", 0);
        Duration attack = Duration.ofSeconds(Drill.seconds(600));
        try (Cluster cluster = Cluster.start("slow-clients", Drill.AS_SHIPPED)) {
            int port = cluster.node(0).port();
            try (Api us = cluster.api(0)) {
                Writes.createPriority(us, RULE, "us-east-1", "eu-west-1");
            }
            Views.agree(cluster, RULE, Duration.ofSeconds(60));
            Views.decideBy(cluster, RULE, Duration.ofSeconds(60));
            Load.Question question = Load.Question.get("/api/v1/route/asia?rule_id=" + RULE);
            Load good = new Load(port, question, GOOD_CONNECTIONS);
            good.open(GOOD_PER_SECOND, IDLE); // warms up
            Load.Result idle = good.open(GOOD_PER_SECOND, IDLE);
            long from = System.nanoTime();
            try (Witness eu = Witness.of(cluster.node(1).port(), "asia", RULE, Duration.ofMillis(5), (p, seen) -> {});
                    Witness ap =
                            Witness.of(cluster.node(2).port(), "asia", RULE, Duration.ofMillis(5), (p, seen) -> {});
                    SlowClients clients = SlowClients.start(port, SOCKETS, OPENED_PER_SECOND, attack)) {
                Load.Result attacked = good.open(GOOD_PER_SECOND, attack);
                SlowClients.Seen seen = clients.seen();
                figures.put("slow sockets at once", SOCKETS);
                figures.put("for, s", attack.toSeconds());
                figures.put("slow connections closed by the node", seen.closed());
                seen.longestMs()
                        .forEach((way, ms) -> figures.put(
                                "longest kept, "
                                        + way.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ", s",
                                ms / 1000.0));
                figures.atMost("longest kept of all, s", seen.longest() / 1000.0, 10);
                figures.put("good questions to the same node", attacked.answered() + attacked.failed());
                figures.atLeast(
                        "good questions answered, %",
                        100.0 * attacked.answered() / (attacked.answered() + attacked.failed()), 99.9);
                figures.put("p99 without slow clients, ms", idle.latencies().ms(0.99));
                figures.put("p99 beside slow clients, ms", attacked.latencies().ms(0.99));
                figures.atMost(
                        "p99 beside slow clients / without",
                        attacked.latencies().ms(0.99) / idle.latencies().ms(0.99),
                        2);
                long wrong = 0;
                for (Witness witness : List.of(eu, ap)) {
                    wrong += witness.since(from).stream()
                            .filter(sighting -> !sighting.region().equals("us-east-1"))
                            .count();
                }
                figures.atMost("answers of the other nodes that were wrong or none", wrong, 0);
            }
        }
        Drill.report(figures);
    }
}
