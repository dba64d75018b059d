package dev.windrose.simulate;

import dev.windrose.decide.member.ClusterPrecedence;
import dev.windrose.decide.member.Founding;
import dev.windrose.decide.member.NodeAnnouncement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Nodes of three to five regions that found a cluster and find back to it, in virtual time, while links are cut, processes stand
 * still, seeds are replaced, and operators order to found. One seed gives one run.
 *
 * <p>The code under simulation decides who founds, who joins and who leaves; how a join goes is simulated.
 */
final class Clusters {

    /** A fault put into what decides, to show that this finds it. */
    enum Planted {
        NOTHING,
        /** A seed that does not answer is passed over. */
        NO_CONSENT,
        /** Seeds do not favour one of them. */
        NO_FAVOUR,
        /** Members of other clusters are not compared. */
        NO_IDS
    }

    static final class Counts {
        long founded = 0;
        long ordered = 0;
        long islands = 0;
        long left = 0;
        long pauses = 0;
        long replaced = 0;

        void add(Counts other) {
            founded += other.founded;
            ordered += other.ordered;
            islands += other.islands;
            left += other.left;
            pauses += other.pauses;
            replaced += other.replaced;
        }
    }

    private static final long FAULTS_UNTIL_MS = 240_000;
    private static final long ENDS_AT_MS = 330_000;
    private static final long ROUND_MS = 500;
    private static final int MEMBERS_ASK_EVERY = 6;
    private static final long LISTENS_MS = ROUND_MS * (MEMBERS_ASK_EVERY + 2);
    private static final long FRESH_MS = 3000;
    private static final long FRESH_FOR_MEMBERS_MS = 10_000;
    private static final long ORDERED_AFTER_MS = 5000;
    private static final long LEAVES_AFTER_MS = 2000;

    /** From when all links are whole and all nodes run, until there is one cluster. */
    private static final long ONE_WITHIN_MS = 30_000;

    /** And until two are told. */
    private static final long TOLD_WITHIN_MS = 10_000;

    private static final class Island {
        final String id;
        final Map<Integer, Long> members = new HashMap<>();

        Island(String id) {
            this.id = id;
        }
    }

    private record Heard(NodeAnnouncement standing, long atMs) {}

    private final class Node {
        final int index;
        final String address;
        final Map<String, Heard> heard = new HashMap<>();
        final Map<String, Long> strangers = new HashMap<>();
        boolean alive = true;
        boolean asleep = false;
        boolean ordered = false;
        boolean joining = false;
        long uid;
        long bornMs;
        long ableMs;
        int round;

        @Nullable
        Island island;

        Node(int index) {
            this.index = index;
            this.address = "10.0.0." + index + ":25519";
        }

        void start(boolean founds) {
            heard.clear();
            strangers.clear();
            island = null;
            joining = false;
            ordered = founds;
            uid = ++uids;
            bornMs = timeline.nowMs();
            ableMs = bornMs + random.nextInt(4000);
            round = 0;
            alive = true;
        }

        boolean runs() {
            return alive && !asleep;
        }

        boolean member() {
            return island != null;
        }

        boolean able() {
            return timeline.nowMs() >= ableMs;
        }

        Map<String, NodeAnnouncement> lately() {
            Map<String, NodeAnnouncement> lately = new HashMap<>();
            heard.forEach((who, last) -> lately.put(who, last.standing()));
            return lately;
        }

        NodeAnnouncement standing() {
            Island in = island;
            int nodesOfIt = in == null ? 1 : in.members.size();
            return new NodeAnnouncement(
                    address,
                    uid,
                    "region-" + index,
                    "journal-" + index,
                    able(),
                    planted == Planted.NO_FAVOUR ? address : Founding.favoured(address, able(), seeds, lately()),
                    in != null,
                    in == null ? "" : in.id,
                    nodesOfIt,
                    nodesOfIt);
        }
    }

    private final Random random;
    private final Planted planted;
    private final Timeline timeline = new Timeline();
    private final Faults faults = new Faults();
    private final List<Node> nodes = new ArrayList<>();
    private final List<String> seeds = new ArrayList<>();
    private final Counts counts = new Counts();
    private long uids = 0;
    private long wellSinceMs = 0;
    private long apartSinceMs = -1;
    private long toldMs = -1;

    static Counts run(long seed, Planted planted) {
        Clusters clusters = new Clusters(seed, planted);
        try {
            clusters.run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + " at " + clusters.timeline.nowMs() + " ms: " + e.getMessage(), e);
        }
        return clusters.counts;
    }

    private Clusters(long seed, Planted planted) {
        this.random = new Random(seed);
        this.planted = planted;
        int count = 3 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            nodes.add(new Node(i));
            seeds.add(nodes.get(i).address);
        }
    }

    private void run() {
        for (Node node : nodes) {
            timeline.at(random.nextInt(10_000), () -> node.start(false));
            node.alive = false;
            timeline.every(random.nextInt(500), ROUND_MS, () -> round(node));
        }
        for (long at = 0; at < FAULTS_UNTIL_MS; at += 1000 + random.nextInt(25_000)) {
            timeline.at(at, this::breakSomething);
        }
        timeline.every(100, 100, this::check);
        timeline.runUntil(ENDS_AT_MS);
        if (islands().size() != 1 || nodes.stream().anyMatch(node -> !node.member())) {
            throw new AssertionError("not one cluster at the end: " + islands());
        }
    }

    // What nodes do.

    private void round(Node node) {
        if (!node.runs()) {
            return;
        }
        long now = timeline.nowMs();
        long fresh = node.member() ? FRESH_FOR_MEMBERS_MS : FRESH_MS;
        node.heard.values().removeIf(last -> now - last.atMs() > fresh);
        node.strangers.keySet().retainAll(node.heard.keySet());
        if (!node.member() || node.round % MEMBERS_ASK_EVERY == 0) {
            nodes.stream().filter(other -> other != node).forEach(other -> say(node, other, true));
        }
        node.round++;
        if (!node.member()) {
            join(node, now);
        }
    }

    private void say(Node from, Node to, boolean asks) {
        NodeAnnouncement standing = from.standing();
        if (faults.carries(from.index, to.index)) {
            timeline.after(1 + random.nextInt(300), () -> hears(to, from, standing, asks));
        }
    }

    private void hears(Node node, Node from, NodeAnnouncement standing, boolean asks) {
        if (!node.runs()) {
            return;
        }
        node.heard.put(standing.address(), new Heard(standing, timeline.nowMs()));
        if (asks) {
            say(node, from, false);
        }
        if (node.member() && planted != Planted.NO_IDS) {
            compare(node, standing);
        }
    }

    private void join(Node node, long now) {
        Set<String> asked = new HashSet<>(seeds);
        if (planted == Planted.NO_CONSENT) {
            asked.retainAll(node.heard.keySet());
            asked.add(node.address);
        }
        long rank =
                seeds.stream().filter(seed -> seed.compareTo(node.address) < 0).count();
        boolean ordered = node.ordered && now - node.ableMs > ORDERED_AFTER_MS + 3000 * rank;
        Founding.Verdict verdict = Founding.decide(node.standing(), asked, node.lately(), ordered);
        if (verdict.step() == Founding.Step.FOUND && now - node.bornMs >= LISTENS_MS) {
            found(node, ordered);
        } else if (verdict.step() == Founding.Step.JOIN && !node.joining) {
            node.joining = true;
            long uid = node.uid;
            timeline.after(500 + random.nextInt(2500), () -> joined(node, uid, verdict.through()));
        }
    }

    private void joined(Node node, long uid, List<String> through) {
        if (node.uid != uid || node.member()) {
            return;
        }
        node.joining = false;
        for (Node other : nodes) {
            boolean whole = faults.carries(node.index, other.index) && faults.carries(other.index, node.index);
            Island island = other.island;
            if (node.runs() && other.runs() && whole && island != null && through.contains(other.address)) {
                node.island = island;
                node.ordered = false;
                island.members.put(node.index, node.uid);
                return;
            }
        }
    }

    private void found(Node node, boolean ordered) {
        if (!ordered && !islands().isEmpty()) {
            throw new AssertionError(node.address + " founds a cluster by itself beside " + islands());
        }
        counts.founded++;
        counts.ordered += ordered ? 1 : 0;
        counts.islands += islands().isEmpty() ? 0 : 1;
        node.ordered = false;
        Island island = new Island("%013d-%d".formatted(1_800_000_000_000L + timeline.nowMs(), random.nextInt(1000)));
        island.members.put(node.index, node.uid);
        node.island = island;
    }

    private void compare(Node node, NodeAnnouncement other) {
        Island island = node.island;
        NodeAnnouncement mine = node.standing();
        boolean known = island != null && island.members.containsValue(other.uid());
        if (known || !other.member()) {
            node.strangers.remove(other.address());
            return;
        }
        long now = timeline.nowMs();
        long apart = now - node.strangers.computeIfAbsent(other.address(), address -> now);
        if (ClusterPrecedence.apart(mine, other)) {
            toldMs = now;
            if (ClusterPrecedence.yields(mine, other) && apart >= LEAVES_AFTER_MS) {
                counts.left++;
                leave(node, 500 + random.nextInt(2500));
            }
        }
    }

    /** The control plane ends, and starts anew. */
    private void leave(Node node, long forMs) {
        Island island = node.island;
        if (island != null) {
            island.members.remove(node.index);
        }
        end(node, forMs, false);
    }

    private void end(Node node, long forMs, boolean ordered) {
        node.alive = false;
        node.island = null;
        timeline.after(forMs, () -> node.start(ordered));
    }

    // What breaks.

    private void breakSomething() {
        long forMs = 1000 + random.nextInt(60_000);
        Node one = nodes.get(random.nextInt(nodes.size()));
        Node two = nodes.get((one.index + 1 + random.nextInt(nodes.size() - 1)) % nodes.size());
        switch (random.nextInt(6)) {
            case 0 -> cut(one, two, forMs);
            case 1 -> {
                cut(one, two, forMs);
                cut(two, one, forMs);
            }
            case 2 -> isolate(one, forMs);
            case 3 -> pause(one, forMs);
            case 4 -> {
                // A seed that is replaced while it is cut off.
                isolate(one, forMs);
                replace(one, forMs, random.nextInt(3) == 0);
            }
            default -> replace(one, forMs, false);
        }
    }

    private void isolate(Node node, long forMs) {
        nodes.forEach(other -> {
            cut(node, other, forMs);
            cut(other, node, forMs);
        });
    }

    private void cut(Node from, Node to, long forMs) {
        if (from != to) {
            faults.cutControl(from.index, to.index);
            timeline.after(forMs, () -> faults.mendControl(from.index, to.index, timeline.nowMs()));
        }
    }

    private void pause(Node node, long forMs) {
        if (node.runs()) {
            counts.pauses++;
            node.asleep = true;
            timeline.after(forMs, () -> node.asleep = false);
        }
    }

    private void replace(Node node, long forMs, boolean ordered) {
        if (node.runs()) {
            counts.replaced++;
            end(node, Math.min(forMs, 20_000), ordered);
        }
    }

    // What must hold.

    private Set<Island> islands() {
        Set<Island> islands = new HashSet<>();
        nodes.forEach(node -> {
            Island island = node.island;
            if (island != null) {
                islands.add(island);
            }
        });
        return islands;
    }

    private void check() {
        long now = timeline.nowMs();
        boolean well = faults.calmForMs(now) >= 0 && nodes.stream().allMatch(Node::runs);
        int clusters = islands().size();
        // Who leaves ends for a moment, and is part of the mending.
        boolean whole = faults.calmForMs(now) >= 0 && nodes.stream().noneMatch(node -> node.asleep);
        wellSinceMs = whole ? Math.min(wellSinceMs, now) : Long.MAX_VALUE;
        apartSinceMs = clusters < 2 || !whole ? -1 : apartSinceMs < 0 ? now : apartSinceMs;
        if (apartSinceMs >= 0 && now - apartSinceMs > TOLD_WITHIN_MS && toldMs < apartSinceMs) {
            throw new AssertionError("two clusters for " + (now - apartSinceMs) + " ms, and nobody says so");
        }
        if (well && clusters > 1 && now - Math.max(wellSinceMs, lastFaultEnd()) > ONE_WITHIN_MS) {
            throw new AssertionError(clusters + " clusters " + (now - wellSinceMs) + " ms after all is whole");
        }
    }

    /** A node that was started a moment ago, by order perhaps, has not had its time yet. */
    private long lastFaultEnd() {
        return nodes.stream().mapToLong(node -> node.bornMs).max().orElse(0);
    }
}
