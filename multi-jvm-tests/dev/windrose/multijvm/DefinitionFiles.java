package dev.windrose.multijvm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.document.YamlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A directory of manifests that somebody edits at random: regions that nobody else knows, rules that send to them, geographic
 * rules that are for one of those rules. So each edit has things that must be made, and removed, in order.
 */
final class DefinitionFiles {

    private static final List<String> AREAS = List.of("europe", "asia", "africa", "oceania", "us-east", "us-west");

    private final Path directory;
    private final Random random;
    private final String endpoint;
    private final Map<String, ObjectNode> manifests = new TreeMap<>();
    private final Map<String, Integer> edits = new HashMap<>();
    private final Map<String, Integer> creations = new HashMap<>();
    private final List<String> removedRules = new ArrayList<>();
    private int names;

    /** @param endpoint of all regions */
    DefinitionFiles(Path directory, Random random, String endpoint) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.random = random;
        this.endpoint = endpoint;
        for (int i = 0; i < 6; i++) {
            addRegion();
        }
        for (int i = 0; i < 24; i++) {
            addRule("drill-" + names++);
        }
        for (int i = 0; i < 8; i++) {
            addGeographicRule(any("rule:"));
        }
        count(Map.of());
        write();
    }

    Path directory() {
        return directory;
    }

    /** What the files say, by name such as {@code rule:drill-7}. */
    Map<String, ObjectNode> manifests() {
        return new TreeMap<>(manifests);
    }

    /** How often each name that ever was in a file was made, changed or removed by them. */
    Map<String, Integer> edits() {
        return Map.copyOf(edits);
    }

    /** How often each was made. */
    Map<String, Integer> creations() {
        return Map.copyOf(creations);
    }

    /** One day's work; returns the names of what it made, changed and removed. */
    Set<String> edit() throws IOException {
        Map<String, ObjectNode> before = new TreeMap<>();
        manifests.forEach((name, manifest) -> before.put(name, manifest.deepCopy()));
        for (int i = 0; i < 8; i++) {
            weigh(spec(any("rule:")));
        }
        removeRegion(any("region:lab-"));
        String added = addRegion();
        for (int i = 0; i < 3; i++) {
            aim(spec(any("rule:")), added);
        }
        for (int i = 0; i < 4; i++) {
            removeRule(any("rule:"));
        }
        for (int i = 0; i < 4; i++) {
            String rule = "drill-" + names++;
            addRule(rule);
            addGeographicRule("rule:" + rule);
        }
        // A name that was removed earlier is used again.
        String back = removedRules.get(random.nextInt(removedRules.size()));
        if (!manifests.containsKey("rule:" + back)) {
            addRule(back);
        }
        write();
        return count(before);
    }

    private Set<String> count(Map<String, ObjectNode> before) {
        Set<String> all = new TreeSet<>(before.keySet());
        all.addAll(manifests.keySet());
        all.removeIf(name -> manifests.containsKey(name) && manifests.get(name).equals(before.get(name)));
        all.forEach(name -> edits.merge(name, 1, Integer::sum));
        all.stream().filter(name -> !before.containsKey(name)).forEach(name -> creations.merge(name, 1, Integer::sum));
        return all;
    }

    private String any(String prefix) {
        List<String> names = manifests.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .toList();
        return names.get(random.nextInt(names.size()));
    }

    private JsonNode spec(String name) {
        return manifests.get(name).path("spec");
    }

    private ObjectNode add(String name, String kind) {
        ObjectNode manifest = JsonNodeFactory.instance.objectNode().put("kind", kind);
        manifests.put(name, manifest);
        return manifest.putObject("spec");
    }

    private String addRegion() {
        String region = "lab-" + names++;
        add("region:" + region, "region")
                .put("region_id", region)
                .putArray("endpoints")
                .add(endpoint);
        return region;
    }

    private void addRule(String rule) {
        ObjectNode spec = add("rule:" + rule, "rule");
        spec.put("rule_id", rule).put("name", "Rule " + rule).put("algorithm", "weighted_round_robin");
        spec.putObject("health_check").put("type", "tcp").put("interval_ms", 600_000);
        aim(spec, any("region:").substring("region:".length()));
    }

    private void addGeographicRule(String rule) {
        String name = "near-" + names++;
        ObjectNode spec = add("geo:" + name, "geographic_rule");
        spec.put("rule_id", name).put("applies_to", rule.substring("rule:".length()));
        spec.putArray("source_regions").add(AREAS.get(random.nextInt(AREAS.size())));
        spec.putArray("target_regions")
                .add(spec(rule).path("target_regions").path(0).asText());
        spec.put("priority", 2 + random.nextInt(50));
    }

    /** Sends a rule to one of the own regions and one of the cluster. */
    private void aim(JsonNode rule, String region) {
        ObjectNode spec = (ObjectNode) rule;
        String other = Cluster.REGIONS.get(random.nextInt(Cluster.REGIONS.size()));
        spec.putArray("target_regions").add(region).add(other);
        weigh(spec);
    }

    /** Gives the first target another share; the sum stays, so that another share is another weight. */
    private void weigh(JsonNode rule) {
        ObjectNode spec = (ObjectNode) rule;
        // Not a half: that is what is left out of an export, being what a rule has that says nothing.
        int share = 1 + random.nextInt(49);
        spec.putObject("weights")
                .put(spec.path("target_regions").path(0).asText(), share)
                .put(spec.path("target_regions").path(1).asText(), 100 - share);
    }

    /** Removes a region, and sends what was sent there to another. */
    private void removeRegion(String name) {
        manifests.remove(name);
        String region = name.substring("region:".length());
        String instead = any("region:").substring("region:".length());
        manifests.forEach((other, manifest) -> {
            JsonNode targets = manifest.path("spec").path("target_regions");
            if (targets.path(0).asText().equals(region)) {
                if (other.startsWith("rule:")) {
                    aim(manifest.path("spec"), instead);
                } else {
                    ((ObjectNode) manifest.path("spec"))
                            .putArray("target_regions")
                            .add(instead);
                }
            }
        });
    }

    /** Removes a rule, and the geographic rules that are for it. */
    private void removeRule(String name) {
        manifests.remove(name);
        String rule = name.substring("rule:".length());
        removedRules.add(rule);
        manifests
                .values()
                .removeIf(manifest ->
                        manifest.path("spec").path("applies_to").asText().equals(rule));
    }

    private void write() throws IOException {
        for (String kind : List.of("region", "rule", "geographic_rule")) {
            List<StringBuilder> files = List.of(new StringBuilder(), new StringBuilder());
            int written = 0;
            for (ObjectNode manifest : manifests.values()) {
                if (manifest.path("kind").asText().equals(kind)) {
                    files.get(written++ % 2).append("---\n").append(YamlText.of(manifest));
                }
            }
            for (int i = 0; i < files.size(); i++) {
                Files.writeString(
                        directory.resolve(kind + "-" + i + ".yaml"),
                        files.get(i).toString());
            }
        }
    }
}
