package dev.windrose.multijvm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.stage.Api;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The members of a cluster as its nodes show them. */
final class Members {

    private static final Duration SOON = Duration.ofSeconds(90);

    /** As members are named. */
    static String address(Cluster cluster, int node) {
        return cluster.node(node).spec().ports().address();
    }

    private static JsonNode seen(Cluster cluster, int node) throws IOException {
        try (Api api = cluster.api(node)) {
            return api.get("/api/v1/cluster").body().path("members");
        }
    }

    /** Addresses of the members that a node sees, reachable or not. */
    static List<String> addresses(Cluster cluster, int node) throws IOException {
        return seen(cluster, node).findValuesAsText("address");
    }

    /** @throws IOException when it is no member */
    static boolean reachable(Cluster cluster, int node, String address) throws IOException {
        for (JsonNode member : seen(cluster, node)) {
            if (member.path("address").asText().equals(address)) {
                return member.path("reachable").asBoolean();
            }
        }
        throw new IOException(address + " is no member");
    }

    /** Waits until each of the nodes sees so many members, all Up and reachable. */
    static void await(Cluster cluster, List<Integer> nodes, int count) throws InterruptedException {
        for (int node : nodes) {
            Await.until("node " + node + " sees " + count + " members, all well", SOON, () -> {
                int well = 0;
                JsonNode members = seen(cluster, node);
                for (JsonNode member : members) {
                    boolean up = member.path("status").asText().equals("up");
                    well += up && member.path("reachable").asBoolean() ? 1 : 0;
                }
                return members.size() == count && well == count;
            });
        }
    }

    /** Definitions that are awake on a node. */
    static long held(Cluster cluster, int node) throws IOException {
        long held = 0;
        try (Api api = cluster.api(node)) {
            for (JsonNode shard : api.get("/api/v1/cluster/shards").body().path("shards")) {
                held += shard.path("definitions").asLong();
            }
        }
        return held;
    }

    private Members() {}
}
