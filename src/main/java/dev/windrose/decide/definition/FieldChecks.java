package dev.windrose.decide.definition;

import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Fallback;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.Identifier;
import dev.windrose.model.Masked;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Validates the text of one field, independently of the other fields. An empty text stands for the field's default,
 * where it has one.
 *
 * <p>Each refusal is an {@link IllegalArgumentException} that reads {@code field: offending (expected: range)}.
 */
final class FieldChecks {

    private static final Set<String> SCHEMES = Set.of("http", "https", "grpc", "grpcs", "tcp", "tls", "dns");

    private FieldChecks() {}

    static void require(DefinitionKey.Kind kind, String field, String text, HealthCheck defaults) {
        if (text.length() > DefinitionChecks.MAX_TEXT) {
            throw new IllegalArgumentException(
                    field + ": " + text.length() + " characters (expected: at most " + DefinitionChecks.MAX_TEXT + ")");
        }
        switch (kind) {
            case RULE -> ofRule(field, text, defaults);
            case GEOGRAPHIC_RULE -> ofGeographicRule(field, text);
            case REGION -> ofRegion(field, text);
            case KEY -> KeyChecks.require(field, text);
        }
    }

    private static void ofRule(String field, String text, HealthCheck defaults) {
        switch (field) {
            case Fields.NAME -> name(text);
            case Fields.ALGORITHM -> DefinitionCodec.algorithm(required(field, text));
            case Fields.STATUS -> DefinitionCodec.status(or(text, "active"));
            case Fields.TARGET_REGIONS -> targets(text);
            case Fields.WEIGHTS -> weights(text);
            case Fields.ENDPOINTS -> Fields.addresses(text).values().forEach(FieldChecks::endpoint);
            case Fields.HEALTH_CHECK -> CheckText.over(defaults, text, DefinitionCodec.DEFAULT_CHECK_PATH, "");
            case Fields.FAILOVER_ENABLED, Fields.SESSION_AFFINITY -> Fields.flag(field, or(text, "true"));
            case Fields.LABELS -> KeyChecks.labels(text);
            case Fields.FALLBACK -> Fallback.parse(or(text, "fail_open"));
            case Fields.HEALTH_POLICY -> PolicyText.health(text);
            case Fields.FAILOVER_POLICY -> PolicyText.failover(text);
            case Fields.SAFETY -> PolicyText.safety(text);
            case Fields.RESIDENCY -> GeographyText.residency(text);
            case Fields.LATENCY_POLICY -> GeographyText.latency(text);
            default -> {
                if (field.startsWith(Fields.OVERRIDE + ".")) {
                    override(text);
                }
            }
        }
    }

    private static void ofGeographicRule(String field, String text) {
        switch (field) {
            case Fields.TARGET_REGIONS -> targets(text);
            case Fields.SOURCE_REGIONS -> names(field, text, 1);
            case Fields.STATUS -> DefinitionCodec.status(or(text, "active"));
            case Fields.PRIORITY -> {
                double priority = Fields.number(field, or(text, Integer.toString(DefinitionCodec.DEFAULT_PRIORITY)));
                within(field, priority, 0, DefinitionChecks.MAX_PRIORITY);
                if (priority != Math.rint(priority)) {
                    throw new IllegalArgumentException("priority: " + priority + " (expected: an integer)");
                }
            }
            case Fields.LATENCY_THRESHOLD_MS ->
                within(
                        field,
                        Fields.number(field, or(text, Double.toString(DefinitionCodec.DEFAULT_LATENCY_THRESHOLD_MS))),
                        0,
                        DefinitionChecks.MAX_LATENCY_MS);
            case Fields.RULE_ID -> {
                if (!text.isEmpty()) {
                    new RuleId(text);
                }
            }
            case Fields.OPTIMIZATION -> {
                if (!text.isEmpty()) {
                    Optimization.parse(text);
                }
            }
            default -> {
                // A field that only a later version knows.
            }
        }
    }

    private static void ofRegion(String field, String text) {
        switch (field) {
            case Fields.ENDPOINTS -> endpoints(Fields.words(text));
            case Fields.COORDINATE -> {
                if (!text.isEmpty()) {
                    DefinitionCodec.coordinate(text);
                }
            }
            case Fields.CAPACITY ->
                within(field, Fields.number(field, or(text, "0")), 0, DefinitionChecks.MAX_CAPACITY);
            case Fields.LEARN_CAPACITY -> Fields.flag(field, or(text, "false"));
            case Fields.AREAS -> names(field, text, 0);
            case Fields.EVACUATION -> {
                if (!text.isEmpty()) {
                    PolicyText.evacuation(text);
                }
            }
            case Fields.OVERRIDE -> override(text);
            default -> {
                // A field that only a later version knows.
            }
        }
    }

    private static void name(String text) {
        if (text.isBlank() || text.length() > DefinitionChecks.MAX_NAME) {
            throw new IllegalArgumentException("name: " + text.length() + " characters (expected: 1 to "
                    + DefinitionChecks.MAX_NAME + ", not blank)");
        }
    }

    static List<RegionId> targets(String text) {
        List<RegionId> targets = Fields.regions(text);
        if (targets.isEmpty() || targets.size() > Rule.MAX_TARGETS) {
            throw new IllegalArgumentException(
                    "target_regions: " + targets.size() + " (expected: 1 to " + Rule.MAX_TARGETS + " regions)");
        }
        if (new HashSet<>(targets).size() < targets.size()) {
            throw new IllegalArgumentException("target_regions: " + targets + " (expected: each region once)");
        }
        return targets;
    }

    private static void weights(String text) {
        Map<RegionId, Double> weights = Fields.numbers(text);
        double total = 0;
        for (Map.Entry<RegionId, Double> weight : weights.entrySet()) {
            within("weights." + weight.getKey(), weight.getValue(), 0, DefinitionChecks.MAX_WEIGHT);
            total += weight.getValue();
        }
        if (!weights.isEmpty() && !(total > 0)) {
            throw new IllegalArgumentException("weights: total " + total + " (expected: above 0)");
        }
    }

    private static void endpoints(List<String> endpoints) {
        if (endpoints.size() > DefinitionChecks.MAX_ENDPOINTS) {
            throw new IllegalArgumentException(
                    "endpoints: " + endpoints.size() + " (expected: at most " + DefinitionChecks.MAX_ENDPOINTS + ")");
        }
        endpoints.forEach(text -> endpoint(Fields.address(text)));
    }

    static void endpoint(URI endpoint) {
        String scheme = endpoint.getScheme();
        if (scheme == null
                || !SCHEMES.contains(scheme)
                || endpoint.getHost() == null
                || endpoint.getRawUserInfo() != null
                || endpoint.toString().length() > 1024) {
            throw new IllegalArgumentException("endpoints: '" + Masked.of(endpoint.toString())
                    + "' (expected: http, https, grpc, grpcs, tcp, tls or dns, then ://HOST[:PORT], without a user)");
        }
    }

    private static void override(String text) {
        if (!text.isEmpty()) {
            PolicyText.override(text);
        }
    }

    private static void names(String field, String text, int least) {
        List<String> names = Fields.words(text);
        if (names.size() < least || names.size() > DefinitionChecks.MAX_AREAS) {
            throw new IllegalArgumentException(field + ": " + names.size() + " (expected: " + least + " to "
                    + DefinitionChecks.MAX_AREAS + " names)");
        }
        names.forEach(name -> Identifier.require(field, name));
    }

    private static void within(String field, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }

    private static String required(String field, String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(field + ": missing (expected: a value)");
        }
        return text;
    }

    private static String or(String text, String unset) {
        return text.isEmpty() ? unset : text;
    }
}
