package dev.windrose.cli.code;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Record sets of Route 53, as {@code list-resource-record-sets} answers them: a rule for each name and type with a policy. */
final class Route53 {

    private static final List<String> TYPES = List.of("A", "AAAA", "CNAME");

    private static final Map<String, String> CONTINENTS = Map.of(
            "AF", "africa",
            "AN", "antarctica",
            "AS", "asia",
            "EU", "europe",
            "NA", "north-america",
            "OC", "oceania",
            "SA", "south-america");

    /** @param scheme of the addresses, such as http: a record names only hosts */
    static ImportResult read(JsonNode document, String scheme) {
        ImportResult imported = new ImportResult();
        Map<String, List<JsonNode>> groups = new LinkedHashMap<>();
        for (JsonNode set : document.path("ResourceRecordSets")) {
            String type = set.path("Type").asText();
            String name = set.path("Name").asText();
            if (!TYPES.contains(type)) {
                imported.remark(name + " " + type + ": no address");
            } else if (!set.has("SetIdentifier")) {
                imported.remark(name + " " + type + ": has no routing policy");
            } else {
                groups.computeIfAbsent(name + " " + type, key -> new ArrayList<>())
                        .add(set);
            }
        }
        groups.forEach((key, sets) -> group(imported, key, sets, scheme));
        if (!groups.isEmpty()) {
            imported.remark("TTL: Windrose says for how long an answer may be kept by windrose.table.ttl");
        }
        return imported;
    }

    private static void group(ImportResult imported, String key, List<JsonNode> sets, String scheme) {
        JsonNode first = sets.get(0);
        boolean a = first.path("Type").asText().equals("A");
        String name = ImportResult.name(first.path("Name").asText())
                + (a ? "" : "-" + ImportResult.name(first.path("Type").asText()));
        String algorithm = first.has("Failover")
                ? "priority"
                : first.has("Region") || first.has("GeoLocation") ? "geographic" : "weighted_round_robin";
        ObjectNode rule = imported.rule(name, key, algorithm);
        sets.stream()
                .sorted((x, y) ->
                        x.path("Failover").asText().compareTo(y.path("Failover").asText()))
                .forEach(set -> target(imported, rule, key, set, scheme));
    }

    private static void target(ImportResult imported, ObjectNode rule, String key, JsonNode set, String scheme) {
        String identifier = set.path("SetIdentifier").asText();
        String region = ImportResult.name(set.has("Region") ? set.path("Region").asText() : identifier);
        String host = set.at("/ResourceRecords/0/Value")
                .asText(set.at("/AliasTarget/DNSName").asText(""))
                .replaceAll("\\.$", "");
        if (host.isEmpty()) {
            imported.remark(key + " [" + identifier + "]: has no address");
            return;
        }
        if (set.path("ResourceRecords").size() > 1) {
            imported.remark(key + " [" + identifier + "]: only the first of "
                    + set.path("ResourceRecords").size() + " addresses is used");
        }
        imported.target(rule, region, scheme + "://" + (host.contains(":") ? "[" + host + "]" : host));
        if (set.has("Weight")) {
            rule.withObject("/weights").put(region, set.path("Weight").asInt());
        }
        if (set.has("HealthCheckId")) {
            imported.remark(key + " [" + identifier + "]: health check "
                    + set.path("HealthCheckId").asText() + " is not in the record sets; the default check is used");
        }
        JsonNode place = set.path("GeoLocation");
        String country = place.path("CountryCode").asText("");
        if (place.has("ContinentCode") || (!country.isEmpty() && !country.equals("*"))) {
            String area = place.has("ContinentCode")
                    ? CONTINENTS.getOrDefault(place.path("ContinentCode").asText(), "unknown")
                    : ImportResult.name(country);
            String id = rule.path("rule_id").asText();
            imported.geographicRule(ImportResult.name(id + "-" + area), area, region, id);
        }
        if (place.has("SubdivisionCode")) {
            imported.remark(key + " [" + identifier + "]: subdivision "
                    + place.path("SubdivisionCode").asText());
        }
    }

    private Route53() {}
}
