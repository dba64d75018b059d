package dev.windrose.decide.member;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether a node without a cluster joins one, founds one, or waits.
 *
 * <p>It joins any cluster that it receives an announcement of. It founds one only when every seed reports that it is in
 * none and favours this node as the founder.
 */
public final class Founding {

    /*
     * Every node favours one seed at a time: the lowest address of those that it hears from and that are able. Of two
     * seeds that would both found, each needs the other's favour, and neither gives it: the lower able one favours
     * itself for as long as it lives. A silent seed favours nobody, so no cluster is founded behind a partition.
     */

    /** Whoever could answer has had the time to. */
    private static final Duration ORDERED_AFTER = Duration.ofSeconds(5);

    /** In which the one that founds is heard by the next that an operator ordered to. */
    private static final Duration ORDERED_APART = Duration.ofSeconds(3);

    /** What to do. */
    public enum Step {
        JOIN,
        FOUND,
        WAIT,
        /** Another node of the region has another journal: this one must not join the same cluster. */
        REFUSED
    }

    /**
     * What to do, and why.
     *
     * @param through addresses of members to join through, when it joins; of seeds that do not answer, when it waits for them
     * @param reason for people; empty when it joins or founds
     */
    public record Verdict(Step step, List<String> through, String reason) {
        public Verdict {
            through = List.copyOf(through);
        }
    }

    /**
     * Decides for a node that is in no cluster.
     *
     * @param self this node's announcement; its favoured seed and ability count
     * @param seeds the configured addresses; empty: this node is alone
     * @param heard recent announcements of the others, by address
     * @param ordered an operator has ordered this node to found, and every node that could answer has had the time to
     */
    public static Verdict decide(
            NodeAnnouncement self, Collection<String> seeds, Map<String, NodeAnnouncement> heard, boolean ordered) {
        String other = otherJournal(self, heard.values());
        if (other != null) {
            return new Verdict(Step.REFUSED, List.of(), other);
        }
        if (!self.able()) {
            return waits("the journal is not open yet");
        }
        List<NodeAnnouncement> members = heard.values().stream()
                .filter(NodeAnnouncement::member)
                .sorted(ClusterPrecedence.bestFirst())
                .toList();
        if (!members.isEmpty()) {
            return new Verdict(Step.JOIN, through(members), "");
        }
        if (ordered || seeds.isEmpty()) {
            return new Verdict(Step.FOUND, List.of(), "");
        }
        List<String> silent = new TreeSet<>(seeds)
                .stream()
                        .filter(seed -> !seed.equals(self.address()) && !heard.containsKey(seed))
                        .toList();
        if (!silent.isEmpty()) {
            return new Verdict(
                    Step.WAIT,
                    silent,
                    "seeds " + silent + " do not answer (expected: every seed answers that it is in no cluster;"
                            + " start one node with --found to found a cluster without them)");
        }
        boolean agreed = seeds.contains(self.address())
                && self.favours().equals(self.address())
                && seeds.stream()
                        .map(heard::get)
                        .allMatch(seed -> seed == null || seed.favours().equals(self.address()));
        return agreed
                ? new Verdict(Step.FOUND, List.of(), "")
                : waits("waiting for seed [" + self.favours() + "] to found the cluster");
    }

    /** The members of the best cluster. A node that does not know its id yet is in a newly founded one, or joining. */
    private static List<String> through(List<NodeAnnouncement> bestFirst) {
        String cluster = bestFirst.get(0).cluster();
        List<String> through = new ArrayList<>();
        for (NodeAnnouncement member : bestFirst) {
            if (member.cluster().equals(cluster)) {
                through.add(member.address());
            }
        }
        return through;
    }

    private static Verdict waits(String reason) {
        return new Verdict(Step.WAIT, List.of(), reason);
    }

    /** The seed that a node favours; empty when none is able. */
    public static String favoured(
            String self, boolean able, Collection<String> seeds, Map<String, NodeAnnouncement> heard) {
        return seeds.stream()
                .filter(seed -> {
                    NodeAnnouncement other = heard.get(seed);
                    return seed.equals(self) ? able : other != null && other.able();
                })
                .sorted()
                .findFirst()
                .orElse("");
    }

    /**
     * How long a node that an operator ordered to found waits for others, since it is able. One seed after the other, so that each
     * hears of the one that founded before.
     */
    public static Duration orderedAfter(String self, Collection<String> seeds) {
        long before = seeds.stream().filter(seed -> seed.compareTo(self) < 0).count();
        return ORDERED_AFTER.plus(ORDERED_APART.multipliedBy(before));
    }

    /**
     * Why this node must not be in a cluster: an earlier node of the same region has another journal. Of two without a
     * cluster, the one with the lower address stays.
     */
    public static @Nullable String otherJournal(NodeAnnouncement self, Collection<NodeAnnouncement> others) {
        for (NodeAnnouncement other : others) {
            boolean differs = other.region().equals(self.region())
                    && !self.journal().isEmpty()
                    && !other.journal().isEmpty()
                    && !other.journal().equals(self.journal());
            boolean first = other.member() || (!self.member() && other.address().compareTo(self.address()) < 0);
            if (differs && first) {
                return "node [" + other.address() + "] is of region [" + self.region()
                        + "] as well but has another journal ["
                        + other.journal() + "], this one has [" + self.journal()
                        + "] (expected: one embedded journal in a region, or one PostgreSQL for all its nodes;"
                        + " stop one of the two, or give it a region of its own)";
            }
        }
        return null;
    }

    private Founding() {}
}
