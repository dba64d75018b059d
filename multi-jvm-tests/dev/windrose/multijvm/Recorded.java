package dev.windrose.multijvm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.stage.Api;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What three regions hold of the definitions of one set, and what their histories tell of them. */
final class Recorded {

    private final Cluster cluster;
    private final String owner;
    private final Duration soon;

    /** Changes beyond those of the files that are accounted for, by definition. */
    private final Map<String, Integer> accounted = new HashMap<>();

    /** @param soon time in which regions have to agree */
    Recorded(Cluster cluster, String owner, Duration soon) {
        this.cluster = cluster;
        this.owner = owner;
        this.soon = soon;
    }

    /**
     * Of the definitions that were looked at.
     *
     * @param byAuthor how many one author changed
     * @param beyond changes that are more than there should be, in the region that has most
     */
    record Counts(long byAuthor, long beyond) {}

    /** Waits until all regions have heard the same; how long it took, in ns. */
    long awaitAgreement() throws InterruptedException {
        return (long) (1e6
                * Await.until("all regions have heard the same", soon, () -> {
                    Set<String> hashes = new HashSet<>();
                    for (int i = 0; i < 3; i++) {
                        try (Api api = cluster.api(i)) {
                            hashes.add(api.get("/api/v1/journal")
                                    .body()
                                    .path("state_hash")
                                    .asText());
                        }
                    }
                    return hashes.size() == 1;
                }));
    }

    /** The names of what a region would change to have what the files say. */
    Set<String> planned(int region, Map<String, ObjectNode> files) throws IOException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("owner", owner).put("prune", true);
        ArrayNode all = body.putArray("definitions");
        files.values().forEach(all::add);
        try (Api api = cluster.api(region)) {
            Api.Answer plan = api.call("POST", "/api/v1/plan", body.toString());
            if (!plan.done()) {
                throw new IOException("plan: " + plan.status() + " " + plan.body());
            }
            Set<String> names = new TreeSet<>();
            plan.body()
                    .path("definitions")
                    .forEach(step -> names.add(step.path("definition").asText()));
            return names;
        }
    }

    /** How many definitions a region has that the files do not, has not and they do, or has otherwise. */
    long differing(int region, Map<String, ObjectNode> files) throws IOException {
        Map<String, JsonNode> there = new TreeMap<>();
        try (Api api = cluster.api(region)) {
            for (JsonNode manifest :
                    api.get("/api/v1/definitions?owner=" + owner).body().path("definitions")) {
                there.put(name(manifest), manifest.path("spec"));
            }
        }
        Set<String> names = new TreeSet<>(there.keySet());
        names.addAll(files.keySet());
        return names.stream()
                .filter(name -> !there.containsKey(name)
                        || !files.containsKey(name)
                        || !says(there.get(name), files.get(name).path("spec"), name))
                .count();
    }

    private static String name(JsonNode manifest) {
        JsonNode spec = manifest.path("spec");
        return switch (manifest.path("kind").asText()) {
            case "region" -> "region:" + spec.path("region_id").asText();
            case "rule" -> "rule:" + spec.path("rule_id").asText();
            default -> "geo:" + spec.path("rule_id").asText();
        };
    }

    /** Whether a definition says all that the file says; weights as shares of their sum. */
    private static boolean says(JsonNode there, JsonNode file, String field) {
        if (file.isObject()) {
            boolean weights = field.equals("weights");
            double sumThere = weights ? sum(there) : 1;
            double sumFile = weights ? sum(file) : 1;
            for (Map.Entry<String, JsonNode> each : file.properties()) {
                JsonNode other = there.path(each.getKey());
                boolean same = weights
                        ? Math.abs(other.asDouble(-1) / sumThere
                                        - each.getValue().asDouble() / sumFile)
                                < 1e-9
                        : says(other, each.getValue(), each.getKey());
                if (!same) {
                    return false;
                }
            }
            return !weights || there.size() == file.size();
        }
        return file.isNumber() ? there.asDouble(Double.NaN) == file.asDouble() : there.equals(file);
    }

    private static double sum(JsonNode weights) {
        double sum = 0;
        for (JsonNode weight : weights) {
            sum += weight.asDouble();
        }
        return sum;
    }

    /** Waits until every region's history has all the changes that the files made, and counts them. */
    Counts counts(Set<String> names, Map<String, Integer> wanted, String author) throws Exception {
        Await.until("every history has all changes of the files", soon, () -> {
            for (int i = 0; i < 3; i++) {
                for (String name : names) {
                    if (history(i, name).size() < wanted.get(name) + accounted.getOrDefault(name, 0)) {
                        throw new IOException(name + " in " + Cluster.REGIONS.get(i));
                    }
                }
            }
            return true;
        });
        long byAuthor = 0;
        long beyond = 0;
        for (String name : names) {
            int most = 0;
            boolean by = false;
            for (int i = 0; i < 3; i++) {
                ArrayNode changes = history(i, name);
                most = Math.max(most, changes.size());
                by |= changes.findValuesAsText("author").contains(author);
            }
            int more = most - wanted.get(name) - accounted.getOrDefault(name, 0);
            accounted.merge(name, more, Integer::sum);
            beyond += more;
            byAuthor += by ? 1 : 0;
        }
        return new Counts(byAuthor, beyond);
    }

    /**
     * What the histories of all regions have too much when all is over, beyond what was counted before: changes, creations, and
     * changes that say what the one before them says.
     */
    long doubledAtTheEnd(Map<String, Integer> wanted, Map<String, Integer> created) throws IOException {
        long doubled = 0;
        for (String name : wanted.keySet()) {
            int more = accounted.getOrDefault(name, 0);
            for (int i = 0; i < 3; i++) {
                ArrayNode changes = history(i, name);
                doubled += Math.abs(changes.size() - wanted.get(name) - more);
                long creations = 0;
                long equal = 0;
                for (int c = 0; c < changes.size(); c++) {
                    creations += changes.get(c).path("action").asText().equals("created") ? 1 : 0;
                    equal += c > 0 && what(changes.get(c)).equals(what(changes.get(c - 1))) ? 1 : 0;
                }
                doubled += Math.max(0, creations - created.get(name) - more) + Math.max(0, equal - more);
            }
        }
        return doubled;
    }

    private static String what(JsonNode change) {
        return change.path("action").asText() + change.path("fields");
    }

    /** The changes of a definition by the files, newest first. */
    private ArrayNode history(int region, String name) throws IOException {
        String path = name.startsWith("region:") ? "regions" : name.startsWith("rule:") ? "rules" : "geographic-rules";
        ArrayNode ours = JsonNodeFactory.instance.arrayNode();
        try (Api api = cluster.api(region)) {
            Api.Answer answer = api.get("/api/v1/" + path + "/" + name.substring(name.indexOf(':') + 1) + "/history");
            if (!answer.done() && answer.status() != 404) {
                throw new IOException(name + ": " + answer.status() + " " + answer.body());
            }
            for (JsonNode change : answer.body().path("changes")) {
                if (change.path("reason").asText().equals(owner)) {
                    ours.add(change);
                }
            }
        }
        return ours;
    }
}
