package dev.windrose.decide.rule;

import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Fallback;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.Identifier;
import dev.windrose.model.Monitor;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a definition must be to be accepted. Checked before an edit is written, on the state that would result.
 *
 * <p>Each problem reads {@code field: offending (expected: range)}.
 */
public final class RuleChecks {

    /** Fields with a text that one definition may have, those that this version does not know included. */
    public static final int MAX_FIELDS = 256;

    /** Characters of one field's text. Together with {@link #MAX_TOTAL} it keeps an event within one network frame. */
    public static final int MAX_TEXT = 16_384;

    /** Characters of all texts of one definition. */
    public static final int MAX_TOTAL = 32_768;

    public static final int MAX_NAME = 200;
    public static final int MAX_AREAS = 64;
    public static final int MAX_ENDPOINTS = 16;
    public static final int MAX_PRIORITY = 1_000_000;
    public static final double MAX_WEIGHT = 1e9;
    public static final double MAX_LATENCY_MS = CheckText.MAX_LATENCY_MS;
    public static final double MAX_CAPACITY = 1e12;

    private static final Set<String> SCHEMES = Set.of("http", "https", "grpc", "grpcs", "tcp", "tls", "dns");
    private static final String SUBJECT = "[A-Za-z0-9._/-]{0,255}";

    /** Everything wrong with the definition; empty when it may stand. A removed definition may. */
    public static List<String> problems(DefinitionKey key, RuleState after, HealthCheck defaults) {
        List<String> problems = new ArrayList<>();
        if (!after.exists()) {
            return problems;
        }
        bounded(after, problems);
        if (problems.isEmpty()) {
            switch (key.kind()) {
                case RULE -> rule(after, defaults, problems);
                case GEOGRAPHIC_RULE -> geographicRule(after, problems);
                case REGION -> region(after, problems);
            }
        }
        return problems;
    }

    private static void bounded(RuleState state, List<String> problems) {
        long filled = state.fields().values().stream()
                .filter(entry -> !entry.text().isEmpty())
                .count();
        if (filled > MAX_FIELDS) {
            problems.add("fields: " + filled + " (expected: at most " + MAX_FIELDS + ")");
        }
        int total = 0;
        for (Map.Entry<String, RuleState.Entry> field : state.fields().entrySet()) {
            int length = field.getValue().text().length();
            total += length;
            if (length > MAX_TEXT) {
                problems.add(field.getKey() + ": " + length + " characters (expected: at most " + MAX_TEXT + ")");
            }
        }
        if (total > MAX_TOTAL) {
            problems.add("definition: " + total + " characters (expected: at most " + MAX_TOTAL + ")");
        }
    }

    private static void rule(RuleState state, HealthCheck defaults, List<String> problems) {
        String name = state.text(Fields.NAME);
        if (name != null && (name.isBlank() || name.length() > MAX_NAME)) {
            problems.add("name: " + name.length() + " characters (expected: 1 to " + MAX_NAME + ", not blank)");
        }
        attempt(problems, () -> Definitions.algorithm(required(state, Fields.ALGORITHM)));
        attempt(problems, () -> status(state));
        List<RegionId> targets = targets(state, problems);
        weights(state, targets, problems);
        attempt(problems, () -> {
            Map<RegionId, URI> endpoints = Fields.addresses(optional(state, Fields.ENDPOINTS));
            onlyTargets(Fields.ENDPOINTS, endpoints, targets);
            endpoints.values().forEach(RuleChecks::endpoint);
        });
        attempt(problems, () -> Fields.flag(Fields.FAILOVER_ENABLED, optional(state, Fields.FAILOVER_ENABLED, "true")));
        attempt(
                problems,
                () -> Fields.flag(Fields.SESSION_AFFINITY, optional(state, Fields.SESSION_AFFINITY, "false")));
        attempt(problems, () -> {
            RegionId fallback = Fallback.parse(optional(state, Fields.FALLBACK, "fail_open"))
                    .region();
            if (fallback != null && targets.contains(fallback)) {
                throw new IllegalArgumentException(
                        "fallback: '" + fallback + "' (expected: a region that is not among target_regions)");
            }
        });
        health(state, targets, defaults, problems);
    }

    private static void health(RuleState state, List<RegionId> targets, HealthCheck defaults, List<String> problems) {
        attempt(problems, () -> {
            HealthCheck check = CheckText.over(
                    defaults,
                    optional(state, Fields.HEALTH_CHECK),
                    optional(state, Fields.HEALTH_CHECK_PATH, Definitions.DEFAULT_CHECK_PATH),
                    optional(state, Fields.BODY_CONTAINS));
            question(check.question());
            List<String> monitors = Definitions.named(state, Fields.MONITOR);
            if (monitors.size() > Monitor.MAX_PER_RULE) {
                throw new IllegalArgumentException(
                        "monitors: " + monitors.size() + " (expected: at most " + Monitor.MAX_PER_RULE + ")");
            }
            for (String name : monitors) {
                Identifier.require("monitors", name);
                question(CheckText.monitor(check, optional(state, Fields.of(Fields.MONITOR, name)))
                        .check()
                        .question());
            }
        });
        attempt(problems, () -> PolicyText.health(optional(state, Fields.HEALTH_POLICY)));
        attempt(problems, () -> PolicyText.failover(optional(state, Fields.FAILOVER_POLICY)));
        attempt(problems, () -> {
            int least = PolicyText.safety(optional(state, Fields.SAFETY)).minRegions();
            if (least > Math.max(1, targets.size())) {
                throw new IllegalArgumentException("safety.min_regions: " + least
                        + " (expected: at most the number of target_regions, " + targets.size() + ")");
            }
        });
        for (String target : Definitions.named(state, Fields.FAILOVER)) {
            attempt(problems, () -> {
                if (targets.contains(new RegionId(target))) {
                    PolicyText.mark(optional(state, Fields.of(Fields.FAILOVER, target)));
                }
            });
        }
        for (String target : Definitions.named(state, Fields.OVERRIDE)) {
            attempt(problems, () -> {
                // One of a region that is no target any more says nothing, and must not stand in the way of edits.
                if (targets.contains(new RegionId(target))) {
                    PolicyText.override(optional(state, Fields.of(Fields.OVERRIDE, target)));
                }
            });
        }
    }

    private static void geographicRule(RuleState state, List<String> problems) {
        targets(state, problems);
        names(state, Fields.SOURCE_REGIONS, 1, problems);
        attempt(problems, () -> {
            double priority = Fields.number(
                    Fields.PRIORITY, optional(state, Fields.PRIORITY, Integer.toString(Definitions.DEFAULT_PRIORITY)));
            within(Fields.PRIORITY, priority, 0, MAX_PRIORITY);
            if (priority != Math.rint(priority)) {
                throw new IllegalArgumentException("priority: " + priority + " (expected: a whole number)");
            }
        });
        attempt(
                problems,
                () -> within(
                        Fields.LATENCY_THRESHOLD_MS,
                        Fields.number(
                                Fields.LATENCY_THRESHOLD_MS,
                                optional(
                                        state,
                                        Fields.LATENCY_THRESHOLD_MS,
                                        Double.toString(Definitions.DEFAULT_LATENCY_THRESHOLD_MS))),
                        0,
                        MAX_LATENCY_MS));
        attempt(problems, () -> status(state));
        attempt(problems, () -> {
            String only = optional(state, Fields.RULE_ID);
            if (!only.isEmpty()) {
                new RuleId(only);
            }
        });
    }

    private static void region(RuleState state, List<String> problems) {
        attempt(problems, () -> {
            List<String> endpoints = Fields.words(optional(state, Fields.ENDPOINTS));
            if (endpoints.size() > MAX_ENDPOINTS) {
                throw new IllegalArgumentException(
                        "endpoints: " + endpoints.size() + " (expected: at most " + MAX_ENDPOINTS + ")");
            }
            endpoints.forEach(text -> endpoint(URI.create(text)));
        });
        attempt(problems, () -> {
            String place = optional(state, Fields.COORDINATE);
            if (!place.isEmpty()) {
                Definitions.coordinate(place);
            }
        });
        attempt(
                problems,
                () -> within(
                        Fields.CAPACITY,
                        Fields.number(Fields.CAPACITY, optional(state, Fields.CAPACITY, "0")),
                        0,
                        MAX_CAPACITY));
        names(state, Fields.AREAS, 0, problems);
        attempt(problems, () -> {
            String evacuation = optional(state, Fields.EVACUATION);
            if (!evacuation.isEmpty()) {
                PolicyText.evacuation(evacuation);
            }
        });
        attempt(problems, () -> {
            String override = optional(state, Fields.OVERRIDE);
            if (!override.isEmpty()) {
                PolicyText.override(override);
            }
        });
    }

    private static List<RegionId> targets(RuleState state, List<String> problems) {
        List<RegionId> targets = new ArrayList<>();
        attempt(problems, () -> {
            targets.addAll(Fields.regions(optional(state, Fields.TARGET_REGIONS)));
            if (targets.isEmpty() || targets.size() > Rule.MAX_TARGETS) {
                throw new IllegalArgumentException(
                        "target_regions: " + targets.size() + " (expected: 1 to " + Rule.MAX_TARGETS + " regions)");
            }
            if (new HashSet<>(targets).size() < targets.size()) {
                throw new IllegalArgumentException("target_regions: " + targets + " (expected: each region once)");
            }
        });
        return targets;
    }

    private static void weights(RuleState state, List<RegionId> targets, List<String> problems) {
        attempt(problems, () -> {
            Map<RegionId, Double> weights = Fields.numbers(optional(state, Fields.WEIGHTS));
            onlyTargets(Fields.WEIGHTS, weights, targets);
            double total = 0;
            for (Map.Entry<RegionId, Double> weight : weights.entrySet()) {
                within("weights." + weight.getKey(), weight.getValue(), 0, MAX_WEIGHT);
                total += weight.getValue();
            }
            if (!weights.isEmpty() && !(total > 0)) {
                throw new IllegalArgumentException("weights: total " + total + " (expected: above 0)");
            }
        });
    }

    private static void question(HealthCheck.Question question) {
        String path = question.path();
        if (!path.startsWith("/") || path.length() > 1024) {
            throw new IllegalArgumentException(
                    "health_check_path: '" + path + "' (expected: / and at most 1023 characters more)");
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c >= 127) {
                throw new IllegalArgumentException(
                        "health_check_path: character " + (int) c + " (expected: printable ASCII, the rest %-encoded)");
            }
        }
        if (!question.subject().matches(SUBJECT)) {
            throw new IllegalArgumentException("health_check.subject: '" + question.subject()
                    + "' (expected: a service or host name of at most 255 letters, digits and . _ - /)");
        }
        if (question.type() == HealthCheck.Type.DNS && question.subject().isEmpty()) {
            throw new IllegalArgumentException(
                    "health_check.subject: missing (expected: the name a dns check asks for)");
        }
        String body = question.bodyContains();
        if (body != null && body.length() > 1024) {
            throw new IllegalArgumentException(
                    "body_contains: " + body.length() + " characters (expected: at most 1024)");
        }
    }

    private static void endpoint(URI endpoint) {
        String scheme = endpoint.getScheme();
        if (scheme == null
                || !SCHEMES.contains(scheme)
                || endpoint.getHost() == null
                || endpoint.getRawUserInfo() != null
                || endpoint.toString().length() > 1024) {
            throw new IllegalArgumentException("endpoints: '" + endpoint
                    + "' (expected: http, https, grpc, grpcs, tcp, tls or dns, then ://HOST[:PORT])");
        }
    }

    private static void names(RuleState state, String field, int least, List<String> problems) {
        attempt(problems, () -> {
            List<String> names = Fields.words(optional(state, field));
            if (names.size() < least || names.size() > MAX_AREAS) {
                throw new IllegalArgumentException(
                        field + ": " + names.size() + " (expected: " + least + " to " + MAX_AREAS + " names)");
            }
            names.forEach(name -> Identifier.require(field, name));
        });
    }

    private static void onlyTargets(String field, Map<RegionId, ?> values, List<RegionId> targets) {
        for (RegionId region : values.keySet()) {
            if (!targets.contains(region)) {
                throw new IllegalArgumentException(
                        field + ": '" + region + "' (expected: only regions among target_regions)");
            }
        }
    }

    private static void status(RuleState state) {
        Definitions.status(optional(state, Fields.STATUS, "active"));
    }

    private static void within(String field, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }

    private static String required(RuleState state, String field) {
        String text = state.text(field);
        if (text == null || text.isEmpty()) {
            throw new IllegalArgumentException(field + ": missing (expected: a value)");
        }
        return text;
    }

    private static String optional(RuleState state, String field) {
        return optional(state, field, "");
    }

    private static String optional(RuleState state, String field, String unset) {
        @Nullable String text = state.text(field);
        return text == null || text.isEmpty() ? unset : text;
    }

    private static void attempt(List<String> problems, Runnable check) {
        try {
            check.run();
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private RuleChecks() {}
}
