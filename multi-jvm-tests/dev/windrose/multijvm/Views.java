package dev.windrose.multijvm;

import dev.windrose.stage.Api;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** What the regions show from outside, and waiting until they show the same. */
final class Views {

    /** Waits until the rule has one revision in all regions. */
    static void agree(Cluster cluster, String rule, Duration atMost) throws InterruptedException {
        Await.until("one revision of " + rule + " in all regions", atMost, () -> {
            Set<String> revisions = revisions(cluster, rule);
            if (revisions.size() == 1 && !revisions.contains("none")) {
                return true;
            }
            throw new IOException("revisions " + revisions);
        });
    }

    /** How many of the rules have different revisions in the regions, or none in one. */
    static long differing(Cluster cluster, Collection<String> rules) throws IOException {
        long differing = 0;
        for (String rule : rules) {
            Set<String> revisions = revisions(cluster, rule);
            differing += revisions.size() == 1 && !revisions.contains("none") ? 0 : 1;
        }
        return differing;
    }

    /** The revisions of a rule that the regions show; {@code none} where it is not there. */
    static Set<String> revisions(Cluster cluster, String rule) throws IOException {
        Set<String> revisions = new TreeSet<>();
        for (int i = 0; i < 3; i++) {
            try (Api api = cluster.api(i)) {
                String revision = api.revision(rule);
                revisions.add(revision == null ? "none" : revision);
            }
        }
        return revisions;
    }

    /** Waits until every region sends a client somewhere by the rule. */
    static void decideBy(Cluster cluster, String rule, Duration atMost) throws InterruptedException {
        Await.until("every region decides by " + rule, atMost, () -> {
            for (int i = 0; i < 3; i++) {
                try (Api api = cluster.api(i)) {
                    String region = api.region("asia", rule);
                    if (region == null) {
                        return false;
                    }
                }
            }
            return true;
        });
    }

    /** Waits until no region knows the rule, neither as a definition nor in its decisions. */
    static void gone(Cluster cluster, String rule, Duration atMost) throws InterruptedException {
        Await.until("no region knows " + rule, atMost, () -> {
            for (int i = 0; i < 3; i++) {
                try (Api api = cluster.api(i)) {
                    if (api.revision(rule) != null || api.region("asia", rule) != null) {
                        return false;
                    }
                }
            }
            return true;
        });
    }

    private Views() {}
}
