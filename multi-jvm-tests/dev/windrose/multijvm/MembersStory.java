package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.Witness;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What an operator does with members: a node is taken out of its load balancers, one is asked to leave, and two that were
 * killed are taken for gone, of which one is all of its region. The others go on deciding and writing.
 */
@Tag("drill")
class MembersStory {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Duration BEAT = Duration.ofMillis(5);
    private static final String SHARED = "members-shared";
    private static final int RULES = 12;

    /** Two nodes of us-east-1 are the first and the last, so that the first three are of three regions. */
    private static final int US = 0;

    private static final int EU = 1;
    private static final int AP = 2;
    private static final int SECOND = 3;

    private final Figures figures = new Figures("members leave, are drained and downed", 0);
    private final List<String> rules = new ArrayList<>();
    private long answers = 0;
    private long wrong = 0;

    /** What happens while nodes are asked. */
    private interface Step {
        void run() throws Exception;
    }

    @Test
    void theOthersGoOnWhateverIsDoneWithAMember() throws Exception {
        PostgresJournal postgres = postgres();
        List<Cluster.Place> places = List.of(
                new Cluster.Place("us-east-1", postgres),
                new Cluster.Place("eu-west-1", null),
                new Cluster.Place("ap-southeast-1", null),
                new Cluster.Place("us-east-1", postgres));
        try (Cluster cluster = Cluster.start("members", Cluster.SMALL, places, Map.of())) {
            try (Api us = cluster.api(US)) {
                Writes.createPriority(us, SHARED, "us-east-1", "eu-west-1");
                Writes.acknowledged(
                        us, "PATCH", "/api/v1/rules/" + SHARED, "{\"health_check\":{" + Trial.PATIENT + "}}");
                for (int i = 0; i < RULES; i++) {
                    rules.add("members-rule-" + i);
                    Writes.createPriority(us, rules.get(i), "us-east-1", "eu-west-1");
                }
            }
            Views.agree(cluster, SHARED, SOON);
            Views.decideBy(cluster, SHARED, SOON);
            Shell shell = new Shell(Cluster.logs("members"));
            double started = starts(cluster, US) + starts(cluster, EU);
            try (Writers writers = Writers.start(cluster, "members", 10, SHARED)) {
                asked(cluster, List.of(US, EU, AP, SECOND), () -> drain(cluster, shell));
                asked(cluster, List.of(US, EU, AP, SECOND), () -> leave(cluster, shell));
                writers.awaitMore(List.of(US, EU, AP), 10, SOON);
                asked(cluster, List.of(US, EU, AP), () -> downSecond(cluster));
                writers.awaitMore(List.of(US, EU, AP), 10, SOON);
                asked(cluster, List.of(US, EU, SECOND), () -> downRegion(cluster, writers, shell));
                writers.awaitMore(List.of(US, EU, AP), 10, SOON);
                writers.stop();
                Drill.countLostAndDiffering(cluster, writers, SHARED, figures);
            }
            figures.put("answers of nodes that ran", answers);
            figures.atMost("wrong ones", wrong, 0);
            figures.atMost(
                    "control planes of others that ended", starts(cluster, US) + starts(cluster, EU) - started, 0);
            figures.atMost("orders that are missing in the audit", 7 - audited(cluster, shell), 0);
        }
        Drill.report(figures);
    }

    /** A node that load balancers leave out goes on deciding. */
    private void drain(Cluster cluster, Shell shell) throws Exception {
        try (Api second = cluster.api(SECOND);
                Api us = cluster.api(US)) {
            assertThat(shell.run(cluster.node(SECOND).port(), "cluster", "drain", "--reason", "drill")
                            .code())
                    .isZero();
            assertThat(second.get("/health/ready").status()).isEqualTo(503);
            assertThat(second.get("/health/ready/control").done()).isTrue();
            assertThat(us.get("/health/ready").done()).isTrue();
            Writes.rename(second, rules.get(0), "written by a drained node");
            assertThat(shell.run(cluster.node(SECOND).port(), "cluster", "undrain")
                            .code())
                    .isZero();
            assertThat(second.get("/health/ready").done()).isTrue();
        }
    }

    /** One of two nodes of a region leaves: its rules move, and it joins again by itself. */
    private void leave(Cluster cluster, Shell shell) throws Exception {
        double starts = starts(cluster, SECOND);
        Await.until(
                "both nodes hold definitions",
                SOON,
                () -> Members.held(cluster, SECOND) > 0 && Members.held(cluster, US) > 0);
        long definitions = Members.held(cluster, SECOND) + Members.held(cluster, US);
        assertThat(shell.run(
                                cluster.node(EU).port(),
                                "cluster",
                                "leave",
                                Members.address(cluster, SECOND),
                                "--reason",
                                "drill")
                        .code())
                .isZero();
        long asked = System.nanoTime();
        Await.until(
                "it is no member",
                SOON,
                () -> !Members.addresses(cluster, US).contains(Members.address(cluster, SECOND)));
        figures.atMost("left: no member any more, s", since(asked), 10);
        awaitWrites(cluster, US, "left");
        figures.atMost("left: writes to all rules taken by the other node, s", since(asked), 10);
        Await.until("the other node holds all definitions", SOON, () -> Members.held(cluster, US) >= definitions);
        figures.atMost("left: all rules moved to the other node, s", since(asked), 20);
        Members.await(cluster, List.of(US, EU, AP, SECOND), 4);
        cluster.node(SECOND).awaits("/health/ready/control", SOON);
        figures.atMost("left: a member again by itself, s", since(asked), 60);
        figures.atMost("left: its control planes that ended", starts(cluster, SECOND) - starts, 1);
    }

    /** One of two nodes of a region was killed: it is taken for gone before the region does so by itself. */
    private void downSecond(Cluster cluster) throws Exception {
        String address = Members.address(cluster, SECOND);
        try (Api us = cluster.api(US)) {
            assertThat(down(us, address).status()).as("it lives").isEqualTo(409);
            cluster.node(SECOND).kill();
            long killed = System.nanoTime();
            Await.until("it cannot be reached", SOON, () -> !Members.reachable(cluster, US, address));
            figures.put("one of two killed: not to be reached, s", since(killed));
            assertThat(down(us, address).done()).isTrue();
            Members.await(cluster, List.of(US, EU, AP), 3);
            figures.atMost("one of two killed: the others are one cluster again, s", since(killed), 20);
            awaitWrites(cluster, US, "downed");
            figures.atMost("one of two killed: writes to all rules back, s", since(killed), 20);
        }
        comesBack(cluster, SECOND, "one of two killed");
    }

    /** The only node of a region was killed: nobody takes it for gone but who says so. */
    private void downRegion(Cluster cluster, Writers writers, Shell shell) throws Exception {
        String address = Members.address(cluster, AP);
        cluster.node(AP).kill();
        long killed = System.nanoTime();
        Await.until("it cannot be reached", SOON, () -> !Members.reachable(cluster, EU, address));
        figures.put("a region killed: not to be reached, s", since(killed));
        writers.awaitMore(List.of(US, EU), 10, SOON);
        assertThat(Members.addresses(cluster, EU)).as("nobody has downed it").contains(address);
        long ordered = System.nanoTime();
        assertThat(shell.run(cluster.node(EU).port(), "cluster", "down", address, "--reason", "drill")
                        .code())
                .isZero();
        Members.await(cluster, List.of(US, EU, SECOND), 3);
        figures.atMost("a region killed: the others are one cluster again after the order, s", since(ordered), 10);
        assertThat(shell.run(cluster.node(EU).port(), "cluster", "down", address, "--reason", "drill")
                        .code())
                .as("it is no member")
                .isEqualTo(3);
        comesBack(cluster, AP, "a region killed");
    }

    private void comesBack(Cluster cluster, int node, String what) throws Exception {
        long started = System.nanoTime();
        cluster.node(node).start();
        cluster.node(node).awaits("/health/ready/control", Cluster.STARTS_WITHIN);
        Members.await(cluster, List.of(US, EU, AP, SECOND), 4);
        figures.atMost(what + ": started and a member again, s", since(started), 60);
        try (Api api = cluster.api(node)) {
            Writes.rename(api, SHARED, "shared-again");
        }
    }

    /** Asks nodes 200 times a second each meanwhile, all of whose answers must be right. */
    private void asked(Cluster cluster, List<Integer> nodes, Step step) throws Exception {
        List<Witness> witnesses = new ArrayList<>();
        try {
            for (int node : nodes) {
                witnesses.add(Witness.of(cluster.node(node).port(), "asia", SHARED, BEAT, (port, seen) -> {}));
            }
            for (Witness witness : witnesses) {
                assertThat(witness.await(seen -> seen.region().equals("us-east-1"), 100, SOON))
                        .isTrue();
            }
            long from = System.nanoTime();
            step.run();
            for (int i = 0; i < nodes.size(); i++) {
                List<Witness.Sighting> seen = witnesses.get(i).since(from);
                boolean killed = seen.stream().anyMatch(one -> one.status() == 0);
                assertThat(killed)
                        .as("node " + nodes.get(i) + " did not answer")
                        .isFalse();
                answers += seen.size();
                wrong += seen.stream()
                        .filter(one -> !one.region().equals("us-east-1"))
                        .count();
            }
        } finally {
            witnesses.forEach(Witness::close);
        }
    }

    private void awaitWrites(Cluster cluster, int node, String name) throws InterruptedException {
        for (String rule : rules) {
            Await.until("node " + node + " writes " + rule, SOON, () -> {
                try (Api api = cluster.api(node)) {
                    return api.call("PATCH", "/api/v1/rules/" + rule, "{\"name\":\"" + name + "\"}")
                            .done();
                }
            });
        }
    }

    private static Api.Answer down(Api api, String address) throws IOException {
        return api.call(
                "POST",
                "/api/v1/cluster/members/" + address + "/down",
                "{\"owner\":\"drill\",\"reason\":\"it was killed\"}");
    }

    private static double starts(Cluster cluster, int node) throws IOException {
        try (Api api = cluster.api(node)) {
            return api.meter("windrose_control_starts", "");
        }
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    /** Entries about members and drains in the audits of the two journals that nodes were told through; none was changed. */
    private static long audited(Cluster cluster, Shell shell) throws IOException, InterruptedException {
        long found = 0;
        for (int node : List.of(US, EU)) {
            Shell.Ran exported = shell.run(cluster.node(node).port(), "audit", "export");
            assertThat(exported.code()).isZero();
            found += exported.said()
                    .lines()
                    .filter(line -> line.contains("/api/v1/cluster/"))
                    .count();
        }
        return found;
    }

    private static PostgresJournal postgres() {
        try {
            return PostgresJournal.start();
        } catch (IOException | SQLException | IllegalStateException e) {
            return abort("needs PostgreSQL: its binaries for this platform did not start: " + e);
        }
    }
}
