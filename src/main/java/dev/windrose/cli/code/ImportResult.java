package dev.windrose.cli.code;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Manifests made of another director's configuration, and what of it could not be taken over. */
final class ImportResult {

    private static final int LONGEST_NAME = 63;

    private final Map<String, ObjectNode> regions = new LinkedHashMap<>();
    private final Map<String, ObjectNode> rules = new LinkedHashMap<>();
    private final List<ObjectNode> geographic = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    /** A name as Windrose has them, made of any text. */
    static String name(String text) {
        String plain = text.toLowerCase(Locale.ROOT)
                .replaceAll("\\.$", "")
                .replaceAll("[^a-z0-9._-]+", "-")
                .replaceAll("^[^a-z0-9]+", "");
        return plain.isEmpty() ? "unnamed" : plain.substring(0, Math.min(LONGEST_NAME, plain.length()));
    }

    /** Takes note of something that has no counterpart. */
    void remark(String text) {
        remarks.add(text);
    }

    /** A rule without targets yet; its spec. */
    ObjectNode rule(String name, String title, String algorithm) {
        ObjectNode manifest = JsonNodeFactory.instance.objectNode().put("kind", "rule");
        ObjectNode spec = manifest.putObject("spec");
        spec.put("rule_id", name).put("name", title).put("algorithm", algorithm);
        spec.putArray("target_regions");
        if (rules.put(name, manifest) != null) {
            remark("rule " + name + ": defined twice, the last one is used");
        }
        return spec;
    }

    /** Adds a target with its address to a rule, and registers its region. */
    void target(ObjectNode rule, String region, String endpoint) {
        region(region);
        rule.withArray("/target_regions").add(region);
        rule.withObject("/endpoints").put(region, endpoint);
    }

    void region(String region) {
        regions.computeIfAbsent(region, name -> {
            ObjectNode manifest = JsonNodeFactory.instance.objectNode().put("kind", "region");
            manifest.putObject("spec").put("region_id", name);
            return manifest;
        });
    }

    void geographicRule(String name, String area, String target, String rule) {
        ObjectNode manifest = JsonNodeFactory.instance.objectNode().put("kind", "geographic_rule");
        ObjectNode spec = manifest.putObject("spec").put("rule_id", name);
        spec.putArray("source_regions").add(area);
        spec.putArray("target_regions").add(target);
        spec.put("applies_to", rule);
        geographic.add(manifest);
    }

    /** All manifests, in the order in which they can be made; rules without a target are left out. */
    ArrayNode manifests() {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        regions.values().forEach(all::add);
        rules.forEach((name, manifest) -> {
            if (manifest.at("/spec/target_regions").isEmpty()) {
                remark("rule " + name + ": has no target that can be imported");
            } else {
                all.add(manifest);
            }
        });
        geographic.forEach(all::add);
        return all;
    }

    List<String> remarks() {
        return List.copyOf(remarks);
    }
}
