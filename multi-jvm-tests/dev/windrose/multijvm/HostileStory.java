package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.HostileRequests;
import dev.windrose.stage.HostileRequests.Ended;
import dev.windrose.stage.HostileRequests.Hostile;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Requests that were made to do harm are sent to one node, again and again, while others ask all nodes. */
@Tag("drill")
class HostileStory {

    private static final int ROUNDS = Drill.times(20);
    private static final int GIGABYTES_EVERY = 5;
    private static final String RULE = "asked";

    @Test
    void areRefusedAndDoNoHarm() throws Exception {
        Figures figures = new Figures("25: huge and bad requests", 0);
        List<Witness> witnesses = new ArrayList<>();
        try (Cluster cluster = Cluster.start("hostile", Drill.AS_SHIPPED)) {
            NodeProcess node = cluster.node(0);
            try (Api us = cluster.api(0)) {
                Writes.createPriority(us, RULE, "us-east-1", "eu-west-1");
            }
            Views.agree(cluster, RULE, Duration.ofSeconds(60));
            Views.decideBy(cluster, RULE, Duration.ofSeconds(60));
            for (NodeProcess each : cluster.nodes()) {
                witnesses.add(Witness.of(each.port(), "asia", RULE, Duration.ofMillis(5), (port, seen) -> {}));
            }
            round(node, new Sent()); // what is loaded once is not what they cost
            double before = Drill.heapMiB(node);
            double most = 0;
            Sent sent = new Sent();
            long from = System.nanoTime();
            for (int i = 0; i < ROUNDS; i++) {
                round(node, sent);
                if (i % GIGABYTES_EVERY == 0) {
                    sent.gigabytes(node);
                }
                most = Math.max(most, Drill.heapMiB(node));
            }
            long wrong = 0;
            long answers = 0;
            for (Witness witness : witnesses) {
                List<Witness.Sighting> seen = witness.since(from);
                answers += seen.size();
                wrong += seen.stream()
                        .filter(sighting -> !sighting.region().equals("us-east-1"))
                        .count();
            }
            figures.put("bad requests", sent.requests);
            figures.put("kinds of them", HostileRequests.all().size() + 2);
            figures.atMost("answered otherwise than with the 4xx that fits", sent.otherwise.size(), 0);
            figures.atMost("slowest answer, s", sent.slowestMs / 1000.0, 1);
            figures.atMost("most of a gigabyte that was taken, MiB", sent.mostTaken / (1 << 20), 256);
            figures.atMost("requests hidden in others that were answered", sent.desyncs, 0);
            figures.atMost("heap of the node grown by, MiB", most - before, 64);
            figures.atMost("ends of the process", node.alive() ? 0 : 1, 0);
            figures.put("good answers meanwhile", answers);
            figures.atMost("answers wrong or none meanwhile", wrong, 0);
            assertThat(sent.otherwise).isEmpty();
        } finally {
            witnesses.forEach(Witness::close);
        }
        Drill.report(figures);
    }

    /** What came of those that were sent. */
    private static final class Sent {

        private final List<String> otherwise = new ArrayList<>();
        private long requests;
        private long desyncs;
        private long slowestMs;
        private long mostTaken;

        private void gigabytes(NodeProcess node) throws Exception {
            for (Ended ended : HostileRequests.gigabytes(node.port())) {
                requests++;
                if (ended.status() != 413) {
                    otherwise.add("a gigabyte: " + ended.status());
                }
                slowestMs = Math.max(slowestMs, ended.answeredAfterMs());
                mostTaken = Math.max(mostTaken, ended.bytesSent());
            }
        }
    }

    private static void round(NodeProcess node, Sent sent) throws Exception {
        for (Hostile request : HostileRequests.all()) {
            long began = System.nanoTime();
            int status = HostileRequests.answered(node.port(), request);
            sent.requests++;
            sent.slowestMs = Math.max(sent.slowestMs, (System.nanoTime() - began) / 1_000_000);
            if (!request.statuses().contains(status)) {
                sent.otherwise.add(request.name() + ": " + status);
            }
        }
        for (Hostile request : HostileRequests.hiding()) {
            sent.requests++;
            sent.desyncs += Math.max(0, HostileRequests.answers(node.port(), request) - 1);
        }
    }
}
