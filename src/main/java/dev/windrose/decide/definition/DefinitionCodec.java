package dev.windrose.decide.definition;

import dev.windrose.decide.geo.PlaceNames;
import dev.windrose.model.Algorithm;
import dev.windrose.model.ApiKey;
import dev.windrose.model.Coordinate;
import dev.windrose.model.Evacuation;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.FailoverPolicy;
import dev.windrose.model.Fallback;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.Grant;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthOverride;
import dev.windrose.model.HealthPolicy;
import dev.windrose.model.Identifier;
import dev.windrose.model.LatencyPolicy;
import dev.windrose.model.Monitor;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Residency;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleFailover;
import dev.windrose.model.RuleGeography;
import dev.windrose.model.RuleHealth;
import dev.windrose.model.RuleId;
import dev.windrose.model.RuleStatus;
import dev.windrose.model.SafetyRules;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** States read as what they define, and definitions written as fields. Reading is total ({@link FieldReader}). */
public final class DefinitionCodec {

    public static final String DEFAULT_CHECK_PATH = "/health";
    public static final int DEFAULT_PRIORITY = 100;
    public static final double DEFAULT_LATENCY_THRESHOLD_MS = 100;

    /**
     * The rule that the state defines, or null when it was removed or names no target.
     *
     * @param defaults the check of rules that do not say otherwise
     */
    public static @Nullable Rule rule(String name, DefinitionState state, HealthCheck defaults) {
        FieldReader fields = new FieldReader(state);
        List<RegionId> targets = fields.read(Fields.TARGET_REGIONS, List.<RegionId>of(), Fields::regions).stream()
                .distinct()
                .limit(Rule.MAX_TARGETS)
                .toList();
        if (!state.exists() || targets.isEmpty()) {
            return null;
        }
        Map<RegionId, Double> given = fields.read(Fields.WEIGHTS, Map.<RegionId, Double>of(), Fields::numbers);
        return new Rule(
                new RuleId(name),
                fields.read(Fields.NAME, name, Function.identity()),
                fields.read(Fields.ALGORITHM, Algorithm.WEIGHTED_ROUND_ROBIN, DefinitionCodec::algorithm),
                targets,
                RuleWeights.normalised(targets, given),
                fields.read(Fields.ENDPOINTS, Map.<RegionId, URI>of(), Fields::addresses),
                health(fields, targets, defaults),
                failover(fields, targets),
                new RuleGeography(
                        fields.read(
                                Fields.RESIDENCY, Residency.NONE, GeographyText.UNREADABLE, GeographyText::residency),
                        fields.read(Fields.LATENCY_POLICY, LatencyPolicy.DEFAULT, GeographyText::latency)),
                fields.read(Fields.SESSION_AFFINITY, false, text -> Fields.flag(Fields.SESSION_AFFINITY, text)),
                fields.read(Fields.FALLBACK, Fallback.OPEN, Fallback::parse),
                fields.read(Fields.STATUS, RuleStatus.ACTIVE, DefinitionCodec::status));
    }

    private static RuleHealth health(FieldReader fields, List<RegionId> targets, HealthCheck defaults) {
        String path = fields.read(Fields.HEALTH_CHECK_PATH, DEFAULT_CHECK_PATH, Function.identity());
        String body = fields.read(Fields.BODY_CONTAINS, "", Function.identity());
        HealthCheck plain = CheckText.over(defaults, "", path, body.isEmpty() ? null : body);
        HealthCheck check = fields.read(
                Fields.HEALTH_CHECK,
                plain,
                text -> CheckText.over(defaults, text, path, plain.question().bodyContains()));
        Map<String, Monitor> monitors = new TreeMap<>();
        for (String name : fields.named(Fields.MONITOR)) {
            Monitor monitor = fields.readable(Fields.of(Fields.MONITOR, name), text -> CheckText.monitor(check, text));
            if (monitor != null && monitors.size() < Monitor.MAX_PER_RULE) {
                monitors.put(name, monitor);
            }
        }
        Map<RegionId, HealthOverride> overrides = new TreeMap<>();
        for (RegionId target : targets) {
            HealthOverride override = fields.readable(Fields.of(Fields.OVERRIDE, target), PolicyText::override);
            if (override != null) {
                overrides.put(target, override);
            }
        }
        return new RuleHealth(
                check,
                monitors,
                fields.read(Fields.HEALTH_POLICY, HealthPolicy.DEFAULT, PolicyText::health),
                overrides);
    }

    private static RuleFailover failover(FieldReader fields, List<RegionId> targets) {
        Map<RegionId, FailoverMark> marks = new TreeMap<>();
        for (RegionId target : targets) {
            FailoverMark mark = fields.readable(Fields.of(Fields.FAILOVER, target), PolicyText::mark);
            if (mark != null) {
                marks.put(target, mark);
            }
        }
        return new RuleFailover(
                fields.read(Fields.FAILOVER_ENABLED, true, text -> Fields.flag(Fields.FAILOVER_ENABLED, text)),
                fields.read(Fields.FAILOVER_POLICY, FailoverPolicy.DEFAULT, PolicyText::failover),
                fields.read(Fields.SAFETY, SafetyRules.DEFAULT, PolicyText::safety),
                marks,
                views(fields, targets));
    }

    private static Map<RegionId, Map<RegionId, FailoverMark>> views(FieldReader fields, List<RegionId> targets) {
        Map<RegionId, Map<RegionId, FailoverMark>> views = new TreeMap<>();
        for (String view : fields.named(Fields.FAILOVER_IN)) {
            for (RegionId target : targets) {
                String observer = view.startsWith(target + "@")
                        ? view.substring(target.value().length() + 1)
                        : "";
                FailoverMark mark = fields.readable(Fields.of(Fields.FAILOVER_IN, view), PolicyText::mark);
                if (mark != null && Identifier.FORM.matcher(observer).matches()) {
                    views.computeIfAbsent(target, region -> new TreeMap<>()).put(new RegionId(observer), mark);
                }
            }
        }
        return views;
    }

    /** The geographic rule that the state defines, or null when it was removed or names no source or target. */
    public static @Nullable GeographicRule geographicRule(String name, DefinitionState state) {
        FieldReader fields = new FieldReader(state);
        List<RegionId> targets = fields.read(Fields.TARGET_REGIONS, List.<RegionId>of(), Fields::regions);
        List<String> sources = fields.read(Fields.SOURCE_REGIONS, List.<String>of(), Fields::words);
        if (!state.exists() || targets.isEmpty() || sources.isEmpty()) {
            return null;
        }
        return new GeographicRule(
                new RuleId(name),
                sources.stream().map(PlaceNames::canonical).collect(Collectors.toSet()),
                targets,
                (int) (double) fields.read(
                        Fields.PRIORITY, (double) DEFAULT_PRIORITY, text -> Fields.number(Fields.PRIORITY, text)),
                fields.read(
                        Fields.LATENCY_THRESHOLD_MS,
                        DEFAULT_LATENCY_THRESHOLD_MS,
                        text -> Fields.number(Fields.LATENCY_THRESHOLD_MS, text)),
                fields.readable(Fields.RULE_ID, RuleId::new),
                fields.read(Fields.STATUS, RuleStatus.ACTIVE, DefinitionCodec::status));
    }

    /** The region that the state defines, or null when it was removed. */
    public static @Nullable Region region(String name, DefinitionState state) {
        if (!state.exists()) {
            return null;
        }
        FieldReader fields = new FieldReader(state);
        return new Region(
                new RegionId(name),
                fields.read(
                        Fields.ENDPOINTS,
                        List.<URI>of(),
                        text -> Fields.words(text).stream().map(URI::create).toList()),
                fields.readable(Fields.COORDINATE, DefinitionCodec::coordinate),
                fields.read(Fields.CAPACITY, 0.0, text -> Fields.number(Fields.CAPACITY, text)),
                fields.read(Fields.LEARN_CAPACITY, false, text -> Fields.flag(Fields.LEARN_CAPACITY, text)),
                fields.read(Fields.AREAS, List.<String>of(), Fields::words).stream()
                        .map(PlaceNames::canonical)
                        .collect(Collectors.toCollection(TreeSet::new)),
                fields.readable(Fields.OVERRIDE, PolicyText::override));
    }

    /** The labels of the rule that the state defines. */
    public static Map<String, String> labels(DefinitionState state) {
        return new FieldReader(state).read(Fields.LABELS, Map.<String, String>of(), Fields::entries);
    }

    /** The regions that the state names as targets. */
    public static List<RegionId> targets(DefinitionState state) {
        return new FieldReader(state).read(Fields.TARGET_REGIONS, List.<RegionId>of(), Fields::regions);
    }

    /** The key that the state defines, or null when it was removed or nobody can have it. */
    public static @Nullable ApiKey key(String name, DefinitionState state) {
        FieldReader fields = new FieldReader(state);
        String hash = fields.readable(Fields.HASH, KeyChecks::hash);
        if (!state.exists() || hash == null) {
            return null;
        }
        List<Grant> grants = new ArrayList<>();
        for (String word : fields.read(Fields.GRANTS, List.<String>of(), Fields::words)) {
            try {
                grants.add(Grant.parse(word));
            } catch (IllegalArgumentException e) {
                // Written by a later version: what cannot be read allows nothing.
            }
        }
        String used = state.text(Fields.USED_HASH);
        return new ApiKey(
                name,
                fields.read(Fields.OWNER, "", Function.identity()),
                grants,
                hash,
                fields.read(Fields.PREVIOUS_HASH, "", KeyChecks::hash),
                fields.read(Fields.PREVIOUS_UNTIL, 0L, KeyChecks::epochMs),
                fields.read(Fields.EXPIRES, 0L, KeyChecks::epochMs),
                // Versions before 2 recorded no use: somebody has the secrets that they made.
                used == null ? ApiKey.mark(hash) : used);
    }

    /** How the region that the state defines is emptied, or was last; null when it never was. */
    public static @Nullable Evacuation evacuation(DefinitionState state) {
        return state.exists() ? new FieldReader(state).readable(Fields.EVACUATION, PolicyText::evacuation) : null;
    }

    /** The fields of a rule; the inverse of {@link #rule}. */
    public static Map<String, String> fields(Rule rule, HealthCheck defaults) {
        Map<String, String> fields = new HashMap<>();
        fields.put(Fields.NAME, rule.name());
        fields.put(Fields.ALGORITHM, rule.algorithm().wireName());
        fields.put(Fields.TARGET_REGIONS, Fields.list(rule.targets()));
        fields.put(Fields.WEIGHTS, Fields.map(rule.weights()));
        fields.put(Fields.ENDPOINTS, Fields.map(rule.endpoints()));
        HealthCheck check = rule.health().check();
        fields.put(Fields.HEALTH_CHECK_PATH, check.question().path());
        fields.put(Fields.HEALTH_CHECK, CheckText.differences(check, defaults));
        String body = check.question().bodyContains();
        fields.put(Fields.BODY_CONTAINS, body == null ? "" : body);
        rule.health()
                .monitors()
                .forEach((name, monitor) ->
                        fields.put(Fields.of(Fields.MONITOR, name), CheckText.differences(monitor, check)));
        fields.put(Fields.HEALTH_POLICY, PolicyText.text(rule.health().policy()));
        rule.health()
                .overrides()
                .forEach((target, override) ->
                        fields.put(Fields.of(Fields.OVERRIDE, target), PolicyText.text(override)));
        fields.put(Fields.FAILOVER_ENABLED, Boolean.toString(rule.failover().enabled()));
        fields.put(Fields.FAILOVER_POLICY, PolicyText.text(rule.failover().policy()));
        fields.put(Fields.SAFETY, PolicyText.text(rule.failover().safety()));
        rule.failover()
                .marks()
                .forEach((target, mark) -> fields.put(Fields.failover(target, null), PolicyText.text(mark)));
        rule.failover()
                .views()
                .forEach((target, regions) -> regions.forEach(
                        (observer, mark) -> fields.put(Fields.failover(target, observer), PolicyText.text(mark))));
        fields.put(Fields.RESIDENCY, GeographyText.text(rule.geography().residency()));
        fields.put(Fields.LATENCY_POLICY, GeographyText.text(rule.geography().latency()));
        fields.put(Fields.SESSION_AFFINITY, Boolean.toString(rule.sessionAffinity()));
        fields.put(Fields.FALLBACK, rule.fallback().wireName());
        fields.put(Fields.STATUS, rule.status().wireName());
        return fields;
    }

    /** The fields of a geographic rule; the inverse of {@link #geographicRule}. */
    public static Map<String, String> fields(GeographicRule rule) {
        Map<String, String> fields = new HashMap<>();
        fields.put(Fields.SOURCE_REGIONS, Fields.list(new TreeSet<>(rule.sources())));
        fields.put(Fields.TARGET_REGIONS, Fields.list(rule.targets()));
        fields.put(Fields.PRIORITY, Integer.toString(rule.priority()));
        fields.put(Fields.LATENCY_THRESHOLD_MS, Double.toString(rule.latencyThresholdMs()));
        RuleId only = rule.rule();
        fields.put(Fields.RULE_ID, only == null ? "" : only.value());
        fields.put(Fields.STATUS, rule.status().wireName());
        return fields;
    }

    /** The fields of a region; the inverse of {@link #region}. */
    public static Map<String, String> fields(Region region) {
        Map<String, String> fields = new HashMap<>();
        fields.put(Fields.ENDPOINTS, Fields.list(region.endpoints()));
        Coordinate place = region.coordinate();
        fields.put(Fields.COORDINATE, place == null ? "" : place.latitude() + "," + place.longitude());
        fields.put(Fields.CAPACITY, Double.toString(region.capacity()));
        fields.put(Fields.LEARN_CAPACITY, Boolean.toString(region.learnsCapacity()));
        fields.put(Fields.AREAS, Fields.list(new TreeSet<>(region.areas())));
        HealthOverride override = region.override();
        fields.put(Fields.OVERRIDE, override == null ? "" : PolicyText.text(override));
        return fields;
    }

    static Algorithm algorithm(String text) {
        Algorithm algorithm = Algorithm.named(text);
        if (algorithm == null) {
            throw new IllegalArgumentException("algorithm: '" + text + "' (expected: weighted_round_robin,"
                    + " least_connections, geographic, performance_based, priority or consistent_hash)");
        }
        return algorithm;
    }

    static RuleStatus status(String text) {
        return switch (text) {
            case "active" -> RuleStatus.ACTIVE;
            case "paused" -> RuleStatus.PAUSED;
            default -> throw new IllegalArgumentException("status: '" + text + "' (expected: active or paused)");
        };
    }

    static Coordinate coordinate(String text) {
        String[] parts = text.split(",", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("coordinate: '" + text + "' (expected: latitude,longitude)");
        }
        return new Coordinate(
                Fields.number("coordinate.latitude", parts[0]), Fields.number("coordinate.longitude", parts[1]));
    }

    private DefinitionCodec() {}
}
