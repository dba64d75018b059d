package dev.windrose.decide.definition;

import dev.windrose.decide.route.RulelessRouting;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Fallback;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.Identifier;
import dev.windrose.model.Monitor;
import dev.windrose.model.RegionId;
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
public final class DefinitionChecks {

    /**
     * Maximum number of non-empty fields of one definition, including unknown ones of later versions, excluding
     * failovers.
     */
    public static final int MAX_FIELDS = 256;

    /**
     * Maximum characters of one field's text. Together with {@link #MAX_TOTAL} it keeps an event within one network
     * frame.
     */
    public static final int MAX_TEXT = 16_384;

    /** Maximum characters of all texts of one definition, except failovers that regions record. */
    public static final int MAX_TOTAL = 32_768;

    /**
     * Maximum characters of all failovers that regions record for a rule: some 300 targets and views. Both totals fit
     * one frame.
     */
    public static final int MAX_RECORDED = 98_304;

    private static final String RECORDED = "failovers: ";

    public static final int MAX_NAME = 200;
    public static final int MAX_AREAS = 64;
    public static final int MAX_ENDPOINTS = 16;
    public static final int MAX_PRIORITY = 1_000_000;
    public static final double MAX_WEIGHT = 1e9;
    public static final double MAX_LATENCY_MS = CheckText.MAX_LATENCY_MS;
    public static final double MAX_CAPACITY = 1e12;

    /**
     * Requests per second. 0 would mean none to some readers and unlimited to others; to set no limit, leave the field
     * empty.
     */
    public static final double MIN_CAPACITY = 0.001;

    private static final List<String> OF_RULE = List.of(
            Fields.ALGORITHM,
            Fields.STATUS,
            Fields.WEIGHTS,
            Fields.ENDPOINTS,
            Fields.FAILOVER_ENABLED,
            Fields.SESSION_AFFINITY,
            Fields.FALLBACK,
            Fields.HEALTH_POLICY,
            Fields.FAILOVER_POLICY,
            Fields.SAFETY,
            Fields.RESIDENCY,
            Fields.LATENCY_POLICY,
            Fields.LABELS);
    private static final List<String> OF_GEOGRAPHIC_RULE = List.of(
            Fields.TARGET_REGIONS,
            Fields.SOURCE_REGIONS,
            Fields.PRIORITY,
            Fields.LATENCY_THRESHOLD_MS,
            Fields.STATUS,
            Fields.RULE_ID);
    private static final List<String> OF_REGION = List.of(
            Fields.ENDPOINTS,
            Fields.COORDINATE,
            Fields.CAPACITY,
            Fields.LEARN_CAPACITY,
            Fields.AREAS,
            Fields.EVACUATION,
            Fields.OVERRIDE);

    private static final String SUBJECT = "[A-Za-z0-9._/-]{0,255}";

    /** All problems of the definition; empty when it is valid. A removed definition is valid. */
    public static List<String> problems(DefinitionKey key, DefinitionState after, HealthCheck defaults) {
        List<String> problems = new ArrayList<>();
        if (!after.exists()) {
            return problems;
        }
        bounded(after, problems);
        if (characters(after) <= 2 * MAX_TOTAL) {
            switch (key.kind()) {
                case RULE -> {
                    if (key.name().equals(RulelessRouting.ID.value())) {
                        problems.add("rule_id: '" + key.name()
                                + "' is reserved: decisions without a rule are counted under it"
                                + " (expected: another name)");
                    }
                    rule(after, defaults, problems);
                }
                case GEOGRAPHIC_RULE -> each(key.kind(), OF_GEOGRAPHIC_RULE, after, defaults, problems);
                case REGION -> {
                    each(key.kind(), OF_REGION, after, defaults, problems);
                    Fields.words(optional(after, Fields.ENDPOINTS))
                            .forEach(endpoint -> attempt(problems, () -> ProbeableChecks.requireEndpoint(endpoint)));
                }
                case KEY -> each(key.kind(), KeyChecks.FIELDS, after, defaults, problems);
            }
        }
        return problems.stream().distinct().toList();
    }

    /**
     * New problems of an edit: those of {@code after} that {@code before} does not have. A state merged from two sides
     * was checked by neither, and an edit that fixes one field cannot be required to fix all.
     */
    public static List<String> problems(
            DefinitionKey key, DefinitionState before, DefinitionState after, HealthCheck defaults) {
        List<String> problems = problems(key, after, defaults);
        if (problems.isEmpty() || !before.exists()) {
            return problems;
        }
        Set<String> standing = new HashSet<>();
        problems(key, before, defaults).forEach(problem -> standing.add(kind(problem)));
        boolean grows = characters(after) > characters(before) || filled(after) > filled(before);
        boolean records = characters(after, true) > characters(before, true);
        return problems.stream()
                .filter(problem -> !standing.contains(kind(problem))
                        || (isOfSize(problem) && (problem.startsWith(RECORDED) ? records : grows)))
                .toList();
    }

    private static boolean isOfSize(String problem) {
        return problem.startsWith("definition: ") || problem.startsWith("fields: ") || problem.startsWith(RECORDED);
    }

    /** The problem without its sizes, which change when an edit makes it smaller. */
    private static String kind(String problem) {
        return isOfSize(problem) ? problem.substring(0, problem.indexOf(':')) : problem;
    }

    /**
     * Applies to what people write: the failovers that regions record grow while targets are down, when people have to
     * edit.
     */
    private static int characters(DefinitionState state) {
        return characters(state, false);
    }

    private static int characters(DefinitionState state, boolean recorded) {
        return state.fields().entrySet().stream()
                .filter(field -> Fields.recordsFailover(field.getKey()) == recorded)
                .mapToInt(field -> field.getValue().text().length())
                .sum();
    }

    private static long filled(DefinitionState state) {
        return state.fields().entrySet().stream()
                .filter(field -> !Fields.recordsFailover(field.getKey()))
                .filter(field -> !field.getValue().text().isEmpty())
                .count();
    }

    private static void each(
            DefinitionKey.Kind kind,
            List<String> fields,
            DefinitionState state,
            HealthCheck defaults,
            List<String> problems) {
        for (String field : fields) {
            attempt(problems, () -> FieldChecks.require(kind, field, optional(state, field), defaults));
        }
    }

    private static void bounded(DefinitionState state, List<String> problems) {
        long filled = filled(state);
        if (filled > MAX_FIELDS) {
            problems.add("fields: " + filled + " (expected: at most " + MAX_FIELDS + ")");
        }
        int total = characters(state);
        for (Map.Entry<String, DefinitionState.Entry> field : state.fields().entrySet()) {
            int length = field.getValue().text().length();
            if (length > MAX_TEXT) {
                problems.add(field.getKey() + ": " + length + " characters (expected: at most " + MAX_TEXT + ")");
            }
        }
        if (total > MAX_TOTAL) {
            problems.add("definition: " + total + " characters (expected: at most " + MAX_TOTAL + ")");
        }
        int recorded = characters(state, true);
        if (recorded > MAX_RECORDED) {
            problems.add(RECORDED + recorded + " characters (expected: at most " + MAX_RECORDED + ")");
        }
    }

    private static void rule(DefinitionState state, HealthCheck defaults, List<String> problems) {
        String name = state.text(Fields.NAME);
        if (name != null) {
            attempt(problems, () -> FieldChecks.require(DefinitionKey.Kind.RULE, Fields.NAME, name, defaults));
        }
        List<RegionId> targets = new ArrayList<>();
        attempt(problems, () -> targets.addAll(FieldChecks.targets(optional(state, Fields.TARGET_REGIONS))));
        each(DefinitionKey.Kind.RULE, OF_RULE, state, defaults, problems);
        together(state, targets, problems);
        attempt(
                problems,
                () -> Fields.entries(optional(state, Fields.ENDPOINTS))
                        .values()
                        .forEach(endpoint -> attempt(problems, () -> ProbeableChecks.requireEndpoint(endpoint))));
        health(state, targets, defaults, problems);
    }

    /** Fields that are valid individually but not together. */
    private static void together(DefinitionState state, List<RegionId> targets, List<String> problems) {
        if (!targets.isEmpty()) {
            attempt(problems, () -> {
                onlyTargets(Fields.WEIGHTS, Fields.numbers(optional(state, Fields.WEIGHTS)), targets, problems);
            });
            attempt(problems, () -> {
                onlyTargets(Fields.ENDPOINTS, Fields.addresses(optional(state, Fields.ENDPOINTS)), targets, problems);
            });
        }
        attempt(problems, () -> {
            RegionId fallback = Fallback.parse(optional(state, Fields.FALLBACK, "fail_open"))
                    .region();
            if (fallback != null && targets.contains(fallback)) {
                throw new IllegalArgumentException(
                        "fallback: '" + fallback + "' (expected: a region that is not among target_regions)");
            }
        });
        attempt(
                problems,
                () -> GeographyText.residency(optional(state, Fields.RESIDENCY))
                        .allowed()
                        .forEach((place, regions) -> {
                            // What an earlier version accepted remains valid, and is written back as it was read.
                            if (regions.isEmpty()) {
                                problems.add("residency." + place + ": [] (expected: at least one region)");
                            }
                        }));
        attempt(problems, () -> {
            int least = PolicyText.safety(optional(state, Fields.SAFETY)).minRegions();
            if (!targets.isEmpty() && least > targets.size()) {
                throw new IllegalArgumentException("safety.min_regions: " + least
                        + " (expected: at most the number of target_regions, " + targets.size() + ")");
            }
        });
    }

    private static void health(
            DefinitionState state, List<RegionId> targets, HealthCheck defaults, List<String> problems) {
        attempt(problems, () -> {
            HealthCheck check = CheckText.over(
                    defaults,
                    optional(state, Fields.HEALTH_CHECK),
                    optional(state, Fields.HEALTH_CHECK_PATH, DefinitionCodec.DEFAULT_CHECK_PATH),
                    optional(state, Fields.BODY_CONTAINS));
            question(check.question());
            List<String> monitors = new FieldReader(state).named(Fields.MONITOR);
            if (monitors.size() > Monitor.MAX_PER_RULE) {
                throw new IllegalArgumentException(
                        "monitors: " + monitors.size() + " (expected: at most " + Monitor.MAX_PER_RULE + ")");
            }
            for (String name : monitors) {
                Identifier.require("monitors", name);
                HealthCheck monitor = CheckText.monitor(check, optional(state, Fields.of(Fields.MONITOR, name)))
                        .check();
                attempt("monitors." + name + ": ", problems, () -> question(monitor.question()));
            }
        });
        for (String target : new FieldReader(state).named(Fields.FAILOVER)) {
            attempt(problems, () -> {
                if (targets.contains(new RegionId(target))) {
                    PolicyText.mark(optional(state, Fields.of(Fields.FAILOVER, target)));
                }
            });
        }
        for (String target : new FieldReader(state).named(Fields.OVERRIDE)) {
            attempt(problems, () -> {
                // One for a region that is no longer a target has no effect, and must not block edits.
                if (targets.contains(new RegionId(target))) {
                    PolicyText.override(optional(state, Fields.of(Fields.OVERRIDE, target)));
                }
            });
        }
    }

    private static void question(HealthCheck.Question question) {
        if (!question.subject().matches(SUBJECT)) {
            throw new IllegalArgumentException("health_check.subject: '" + question.subject()
                    + "' (expected: a service or host name of at most 255 letters, digits and . _ - /)");
        }
        if (question.type() == HealthCheck.Type.DNS && question.subject().isEmpty()) {
            throw new IllegalArgumentException(
                    "health_check.subject: missing (expected: the name a dns check asks for)");
        }
        ProbeableChecks.require(question);
        String body = question.bodyContains();
        if (body != null
                && !body.isEmpty()
                && question.request().method() == HealthCheck.Method.HEAD
                && question.type() == HealthCheck.Type.HTTP) {
            throw new IllegalArgumentException(
                    "health_check.method: 'HEAD' (expected: a method whose response has a body, because body_contains is set)");
        }
        if (body != null && body.length() > 1024) {
            throw new IllegalArgumentException(
                    "body_contains: " + body.length() + " characters (expected: at most 1024)");
        }
    }

    private static void onlyTargets(
            String field, Map<RegionId, ?> values, List<RegionId> targets, List<String> problems) {
        for (RegionId region : values.keySet()) {
            if (!targets.contains(region)) {
                problems.add(field + ": '" + region + "' (expected: only regions among target_regions)");
            }
        }
    }

    private static String optional(DefinitionState state, String field) {
        return optional(state, field, "");
    }

    private static String optional(DefinitionState state, String field, String unset) {
        @Nullable String text = state.text(field);
        return text == null || text.isEmpty() ? unset : text;
    }

    private static void attempt(List<String> problems, Runnable check) {
        attempt("", problems, check);
    }

    private static void attempt(String of, List<String> problems, Runnable check) {
        try {
            check.run();
        } catch (IllegalArgumentException e) {
            problems.add(of + e.getMessage());
        }
    }

    private DefinitionChecks() {}
}
