package dev.windrose.front.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.DefinitionChecks;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.PolicyText;
import dev.windrose.decide.definition.RuleWeights;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.definition.ThreeWay;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.live.table.RuleCounts;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.FailoverPolicy;
import dev.windrose.model.Grant;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthPolicy;
import dev.windrose.model.Monitor;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.SafetyRules;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;

/** Rules as JSON, and JSON as the fields of rules. */
final class RuleBodies {

    private static final Set<String> KNOWN = Set.of(
            "rule_id",
            "name",
            "algorithm",
            "target_regions",
            "weights",
            "health_check_path",
            "failover_enabled",
            "session_affinity",
            "endpoints",
            "health_check",
            "monitors",
            "health_policy",
            "failover_policy",
            "safety",
            "residency",
            "latency_policy",
            "body_contains",
            "fallback",
            "labels",
            "status");

    private static final Set<String> POLICY =
            PolicyText.values(HealthPolicy.DEFAULT).keySet();

    private static final Set<String> FAILOVER =
            PolicyText.values(FailoverPolicy.DEFAULT).keySet();

    private static final Set<String> SAFETY =
            PolicyText.values(SafetyRules.DEFAULT).keySet();

    private static final int TEXT_AT_MOST = 1024;

    private final CheckBodies checks;
    private final KnownRegions known;

    RuleBodies(HealthCheck defaults, KnownRegions known) {
        this.checks = new CheckBodies(defaults);
        this.known = known;
    }

    static Body read(Call call) {
        return call.body(KNOWN);
    }

    static Body read(ObjectNode object) {
        return new Body(object, KNOWN);
    }

    /** All fields of a new rule; what the body does not say has its default. */
    Map<String, String> whole(Body body) {
        List<String> targets = targets(body);
        Map<String, String> fields = new HashMap<>();
        RulePatch.DEFAULTS.values().forEach(fields::putAll);
        fields.put(Fields.NAME, body.text("name", DefinitionChecks.MAX_NAME));
        fields.put(Fields.ALGORITHM, body.text("algorithm", 64));
        fields.put(Fields.TARGET_REGIONS, Fields.list(targets));
        fields.put(Fields.WEIGHTS, weights(body.has("weights") ? given(body) : Map.of(), regions(targets)));
        fields.put(Fields.FAILOVER_ENABLED, Boolean.toString(body.flag("failover_enabled", true)));
        fields.put(Fields.SESSION_AFFINITY, Boolean.toString(body.flag("session_affinity", false)));
        fields.putAll(shared(body));
        return fields;
    }

    /** The fields that the body sets in a rule, each whole. */
    Map<String, String> changes(Body body, Rule rule, DefinitionState now) {
        Map<String, String> fields = new HashMap<>(shared(body));
        if (body.has("name")) {
            fields.put(Fields.NAME, body.text("name", DefinitionChecks.MAX_NAME));
        }
        if (body.has("algorithm")) {
            fields.put(Fields.ALGORITHM, body.text("algorithm", 64));
        }
        List<RegionId> targets = rule.targets();
        if (body.has("target_regions")) {
            List<String> names = targets(body);
            targets = regions(names);
            fields.put(Fields.TARGET_REGIONS, Fields.list(names));
            fields.put(Fields.WEIGHTS, weights(kept(RuleWeights.stored(rule, now), targets), targets));
            fields.put(Fields.ENDPOINTS, Fields.map(kept(rule.endpoints(), targets)));
        }
        if (body.has("endpoints")) {
            fields.put(Fields.ENDPOINTS, Fields.map(body.textsOfRegions("endpoints", Rule.MAX_TARGETS, TEXT_AT_MOST)));
        }
        if (body.has("weights")) {
            fields.put(Fields.WEIGHTS, weights(given(body), targets));
        }
        if (body.has("failover_enabled")) {
            fields.put(Fields.FAILOVER_ENABLED, Boolean.toString(body.flag("failover_enabled", true)));
        }
        if (body.has("session_affinity")) {
            fields.put(Fields.SESSION_AFFINITY, Boolean.toString(body.flag("session_affinity", false)));
        }
        return fields;
    }

    private Map<String, String> shared(Body body) {
        Map<String, String> fields = new HashMap<>();
        if (body.has("endpoints")) {
            fields.put(Fields.ENDPOINTS, Fields.map(body.textsOfRegions("endpoints", Rule.MAX_TARGETS, TEXT_AT_MOST)));
        }
        if (body.has("health_check_path")) {
            fields.put(Fields.HEALTH_CHECK_PATH, body.text("health_check_path", TEXT_AT_MOST));
        }
        if (body.has("body_contains")) {
            fields.put(Fields.BODY_CONTAINS, body.text("body_contains", TEXT_AT_MOST));
        }
        if (body.has("fallback")) {
            fields.put(Fields.FALLBACK, fallback(body));
        }
        if (body.has("labels")) {
            fields.put(Fields.LABELS, Fields.map(body.texts("labels", Grant.MAX_LIMITS, 63)));
        }
        if (body.has("status")) {
            fields.put(Fields.STATUS, body.text("status", 16));
        }
        Body given = body.inner("health_check", checks.ofCheck());
        if (given != null) {
            fields.put(Fields.HEALTH_CHECK, checks.check(given));
        }
        Body policy = body.inner("health_policy", POLICY);
        if (policy != null) {
            fields.put(Fields.HEALTH_POLICY, policy(policy));
        }
        Body back = body.inner("failover_policy", FAILOVER);
        if (back != null) {
            fields.put(
                    Fields.FAILOVER_POLICY,
                    CheckBodies.refusing(() -> PolicyText.text(PolicyText.failover(text(back, FAILOVER)))));
        }
        Body safety = body.inner("safety", SAFETY);
        if (safety != null) {
            fields.put(
                    Fields.SAFETY,
                    CheckBodies.refusing(() -> PolicyText.text(PolicyText.safety(text(safety, SAFETY)))));
        }
        fields.putAll(GeographyBodies.fields(body, known));
        body.inner("monitors", Monitor.MAX_PER_RULE, checks.ofMonitor())
                .forEach((name, one) ->
                        fields.put(Fields.of(Fields.MONITOR, name), one == null ? "" : checks.monitor(one)));
        return fields;
    }

    /** Refuses keys that nobody knows, also those that the body only takes away: something else was meant. */
    void requireKnown(Body body) {
        body.inner("health_check", checks.ofCheck());
        body.inner("monitors", Monitor.MAX_PER_RULE, checks.ofMonitor());
        body.inner("health_policy", POLICY);
        body.inner("failover_policy", FAILOVER);
        body.inner("safety", SAFETY);
        GeographyBodies.requireKnown(body);
    }

    /** Takes out of the fields of a whole rule what the rule before had and the body does not name. */
    static void clear(Map<String, String> fields, Rule before) {
        before.health().monitors().keySet().forEach(name -> fields.putIfAbsent(Fields.of(Fields.MONITOR, name), ""));
    }

    private String fallback(Body body) {
        String said = body.text("fallback", 128);
        String fallback = said.startsWith("region:") ? said.toLowerCase(Locale.ROOT) : said;
        if (fallback.startsWith("region:") && fallback.length() > 7) {
            String region = fallback.substring(7);
            if (region.matches("[a-z0-9][a-z0-9._-]{0,62}")) {
                known.require("fallback", List.of(region));
            }
        }
        return fallback;
    }

    private static String policy(Body given) {
        return CheckBodies.refusing(() -> PolicyText.text(PolicyText.health(text(given, POLICY))));
    }

    private static String text(Body given, Set<String> keys) {
        StringJoiner text = new StringJoiner(" ");
        for (String key : keys.stream().sorted().toList()) {
            String value = key.equals("failback") || key.equals("when_full") || key.equals("freezes")
                    ? given.word(key, TEXT_AT_MOST)
                    : given.scalar(key);
            if (value != null) {
                text.add(key + "=" + value);
            }
        }
        return text.toString();
    }

    List<String> targets(Body body) {
        List<String> targets = body.names("target_regions", 1, Rule.MAX_TARGETS, true);
        known.require("target_regions", targets);
        return targets;
    }

    static List<RegionId> regions(List<String> names) {
        return names.stream().map(RegionId::new).toList();
    }

    private static Map<RegionId, Double> given(Body body) {
        return regions(body.numbers("weights", Rule.MAX_TARGETS, 0, DefinitionChecks.MAX_WEIGHT), "weights");
    }

    /** Refuses a total of zero: it would say that nobody serves. */
    static Map<RegionId, Double> regions(Map<String, Double> weights, String field) {
        Map<RegionId, Double> given = new LinkedHashMap<>();
        double total = 0;
        for (Map.Entry<String, Double> weight : weights.entrySet()) {
            given.put(new RegionId(weight.getKey()), weight.getValue());
            total += weight.getValue();
        }
        if (!given.isEmpty() && !(total > 0)) {
            throw Problem.invalid(field + ": total " + total + " (expected: at least one weight above 0)");
        }
        return given;
    }

    /** The text of the weights of all targets; those of other regions are refused. */
    static String weights(Map<RegionId, Double> given, List<RegionId> targets) {
        for (RegionId region : given.keySet()) {
            if (!targets.contains(region)) {
                throw Problem.invalid("weights: '" + region + "' (expected: only regions among target_regions)");
            }
        }
        return Fields.map(RuleWeights.scaled(targets, given));
    }

    /** The text of weights that sum to 1, 0 for targets that are not named. */
    static String all(Map<RegionId, Double> given, List<RegionId> targets) {
        Map<RegionId, Double> whole = new LinkedHashMap<>(given);
        targets.forEach(target -> whole.putIfAbsent(target, 0.0));
        weights(whole, targets);
        return Fields.map(RuleWeights.normalised(targets, whole));
    }

    private static <V> Map<RegionId, V> kept(Map<RegionId, V> all, List<RegionId> targets) {
        Map<RegionId, V> kept = new TreeMap<>(all);
        kept.keySet().retainAll(targets);
        return kept;
    }

    /** A rule as answers show it. */
    static ObjectNode shown(Rule rule, DefinitionState state, RuleCounts counts) {
        ObjectNode json = Json.object();
        json.put("rule_id", rule.id().value());
        json.put("name", rule.name());
        json.put("algorithm", rule.algorithm().wireName());
        ArrayNode targets = json.putArray("target_regions");
        rule.targets().forEach(region -> targets.add(region.value()));
        ObjectNode weights = json.putObject("weights");
        RuleWeights.stored(rule, state).forEach((region, weight) -> weights.put(region.value(), weight));
        HealthCheck.Question asked = rule.health().check().question();
        json.put("health_check_path", asked.path());
        json.put("failover_enabled", rule.failover().enabled());
        Json.put(
                json.putObject("failover_policy"),
                PolicyText.values(rule.failover().policy()));
        Json.put(json.putObject("safety"), PolicyText.values(rule.failover().safety()));
        GeographyBodies.show(json, rule.geography());
        FailoverBodies.show(json.putObject("failovers"), rule.failover());
        json.put("session_affinity", rule.sessionAffinity());
        ObjectNode endpoints = json.putObject("endpoints");
        new TreeMap<>(rule.endpoints())
                .forEach((region, endpoint) -> endpoints.put(region.value(), endpoint.toString()));
        CheckBodies.show(json.putObject("health_check"), rule.health().check());
        if (asked.bodyContains() != null) {
            json.put("body_contains", asked.bodyContains());
        }
        ObjectNode monitors = json.putObject("monitors");
        new TreeMap<>(rule.health().monitors())
                .forEach((name, monitor) -> CheckBodies.show(monitors.putObject(name), monitor));
        Json.put(
                json.putObject("health_policy"), PolicyText.values(rule.health().policy()));
        ObjectNode overrides = json.putObject("overrides");
        new TreeMap<>(rule.health().overrides())
                .forEach((region, override) -> overrides.set(region.value(), OverrideResource.shown(override)));
        json.put("fallback", rule.fallback().wireName());
        json.put("managed_by", ThreeWay.owner(state));
        ObjectNode labels = json.putObject("labels");
        new TreeMap<>(DefinitionCodec.labels(state)).forEach(labels::put);
        json.put("status", rule.status().wireName());
        times(json, state);
        json.put("total_requests", counts.total());
        json.put("failed_requests", counts.failed());
        json.put("revision", state.revision());
        ConflictResource.show(json, DefinitionKey.rule(rule.id()), state);
        return json;
    }

    /** When something was created and last changed. */
    static void times(ObjectNode json, DefinitionState state) {
        Stamp created = state.created();
        Stamp changed = state.heard();
        json.put("created_at", created == null ? null : Json.time(created.epochMs()));
        json.put("last_updated", changed == null ? null : Json.time(changed.epochMs()));
    }
}
