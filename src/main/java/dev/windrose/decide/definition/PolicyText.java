package dev.windrose.decide.definition;

import dev.windrose.model.Evacuation;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.FailoverPolicy;
import dev.windrose.model.HealthOverride;
import dev.windrose.model.HealthPolicy;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Rule;
import dev.windrose.model.SafetyRules;
import dev.windrose.model.WhenFull;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Policies and operator statements as texts of fields. Parsing refuses unknown or out-of-range values. */
public final class PolicyText {

    public static final int MAX_OWNER = 63;
    public static final int MAX_REASON = 200;

    /** Below this a move would take longer than an hour and a half. */
    private static final double LEAST_MOVED = 0.01;

    private static final long HOUR_MS = 3_600_000;

    /** The policy of a text that holds only what differs from {@link HealthPolicy#DEFAULT}. */
    public static HealthPolicy health(String text) {
        HealthPolicy unset = HealthPolicy.DEFAULT;
        MapText keys = new MapText(Fields.HEALTH_POLICY, text);
        HealthPolicy policy = new HealthPolicy(
                keys.number("failover_below", unset.failoverBelow(), 0, 1),
                keys.number("degraded_share", unset.degradedShare(), 0, 1),
                keys.millis("slow_start_ms", unset.slowStart(), 0, HOUR_MS),
                keys.number("panic_below", unset.panicBelow(), 0, 1),
                keys.number("outlier_distance", unset.outlierDistance(), 0, 1),
                keys.whole("outlier_requests", unset.outlierRequests(), 1, 1_000_000),
                keys.number("outlier_cap", unset.outlierCap(), 0, 1));
        keys.end();
        return policy;
    }

    /** Every key of the policy with its value. */
    public static Map<String, String> values(HealthPolicy policy) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("failover_below", Double.toString(policy.failoverBelow()));
        values.put("degraded_share", Double.toString(policy.degradedShare()));
        values.put("slow_start_ms", Long.toString(policy.slowStart().toMillis()));
        values.put("panic_below", Double.toString(policy.panicBelow()));
        values.put("outlier_distance", Double.toString(policy.outlierDistance()));
        values.put("outlier_requests", Integer.toString(policy.outlierRequests()));
        values.put("outlier_cap", Double.toString(policy.outlierCap()));
        return values;
    }

    /** What differs from the default; the inverse of {@link #health}. */
    public static String text(HealthPolicy policy) {
        Map<String, String> values = values(policy);
        values.entrySet().removeAll(values(HealthPolicy.DEFAULT).entrySet());
        return Fields.map(values);
    }

    /** The policy of a text that holds only what differs from {@link FailoverPolicy#DEFAULT}. */
    public static FailoverPolicy failover(String text) {
        FailoverPolicy unset = FailoverPolicy.DEFAULT;
        MapText keys = new MapText(Fields.FAILOVER_POLICY, text);
        FailoverPolicy policy = new FailoverPolicy(
                keys.choice("failback", FailoverPolicy.Failback.class, unset.failback()),
                keys.millis("delay_ms", unset.delay(), 0, 24 * HOUR_MS),
                keys.whole("steps", unset.steps(), 1, 100),
                keys.millis("hold_ms", unset.hold(), 0, HOUR_MS),
                keys.choice("when_full", WhenFull.class, unset.whenFull()));
        keys.end();
        return policy;
    }

    /** Every key of the policy with its value. */
    public static Map<String, String> values(FailoverPolicy policy) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("failback", policy.failback().wireName());
        values.put("delay_ms", Long.toString(policy.delay().toMillis()));
        values.put("steps", Integer.toString(policy.steps()));
        values.put("hold_ms", Long.toString(policy.hold().toMillis()));
        values.put("when_full", policy.whenFull().wireName());
        return values;
    }

    /** What differs from the default; the inverse of {@link #failover}. */
    public static String text(FailoverPolicy policy) {
        Map<String, String> values = values(policy);
        values.entrySet().removeAll(values(FailoverPolicy.DEFAULT).entrySet());
        return Fields.map(values);
    }

    /** The rules of a text that holds only what differs from {@link SafetyRules#DEFAULT}. */
    public static SafetyRules safety(String text) {
        SafetyRules unset = SafetyRules.DEFAULT;
        MapText keys = new MapText(Fields.SAFETY, text);
        SafetyRules rules = new SafetyRules(
                keys.whole("min_regions", unset.minRegions(), 1, Rule.MAX_TARGETS),
                keys.number("max_moved_per_minute", unset.maxMovedPerMinute(), LEAST_MOVED, 1),
                freezes(keys.text("freezes", "")));
        keys.end();
        return rules;
    }

    private static List<SafetyRules.Freeze> freezes(String text) {
        List<SafetyRules.Freeze> freezes = new ArrayList<>();
        for (String interval : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            String[] ends = interval.split("/", -1);
            try {
                long from = Instant.parse(ends[0]).toEpochMilli();
                long until = Instant.parse(ends[ends.length - 1]).toEpochMilli();
                if (ends.length == 2 && from < until) {
                    freezes.add(new SafetyRules.Freeze(from, until));
                    continue;
                }
            } catch (DateTimeException | ArithmeticException e) {
                // Reported below, together with windows that end before they begin.
            }
            throw new IllegalArgumentException("safety.freezes: '" + shortened(interval)
                    + "' (expected: from/until as UTC, such as 2026-12-24T00:00:00Z/2026-12-27T00:00:00Z)");
        }
        if (freezes.size() > SafetyRules.MAX_FREEZES) {
            throw new IllegalArgumentException(
                    "safety.freezes: " + freezes.size() + " (expected: at most " + SafetyRules.MAX_FREEZES + ")");
        }
        return freezes;
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }

    /** Every key of the rules with its value. */
    public static Map<String, String> values(SafetyRules rules) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("min_regions", Integer.toString(rules.minRegions()));
        values.put("max_moved_per_minute", Double.toString(rules.maxMovedPerMinute()));
        values.put(
                "freezes",
                rules.freezes().stream()
                        .map(freeze -> Instant.ofEpochMilli(freeze.fromEpochMs()) + "/"
                                + Instant.ofEpochMilli(freeze.untilEpochMs()))
                        .collect(Collectors.joining(",")));
        return values;
    }

    /** What differs from the default; the inverse of {@link #safety}. */
    public static String text(SafetyRules rules) {
        Map<String, String> values = values(rules);
        values.entrySet().removeAll(values(SafetyRules.DEFAULT).entrySet());
        return Fields.map(values);
    }

    /** A target's failover record; the inverse of {@link #text(FailoverMark)}. */
    public static FailoverMark mark(String text) {
        MapText keys = new MapText(Fields.FAILOVER, text);
        FailoverMark mark = new FailoverMark(
                keys.flag("out", false),
                keys.epochMs("at"),
                words(keys.text("by", ""), "failover.by", MAX_OWNER),
                words(keys.text("evidence", ""), "failover.evidence", FailoverMark.MAX_EVIDENCE));
        keys.end();
        return mark;
    }

    public static String text(FailoverMark mark) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("out", Boolean.toString(mark.out()));
        values.put("at", Long.toString(mark.atEpochMs()));
        values.put("by", coded(mark.by()));
        values.put("evidence", coded(mark.evidence()));
        return Fields.map(values);
    }

    /** An operator's override; the inverse of {@link #text(HealthOverride)}. */
    public static HealthOverride override(String text) {
        MapText keys = new MapText(Fields.OVERRIDE, text);
        HealthStatus status = keys.choice("status", HealthStatus.class, HealthStatus.UNKNOWN);
        if (status == HealthStatus.UNKNOWN) {
            throw new IllegalArgumentException("override.status: '" + status.wireName()
                    + "' (expected: healthy, degraded, unhealthy or draining)");
        }
        HealthOverride override = new HealthOverride(
                status,
                words(keys.text("owner", ""), "override.owner", MAX_OWNER),
                approver(keys, "override.approver"),
                words(keys.text("reason", ""), "override.reason", MAX_REASON),
                keys.epochMs("since"),
                keys.epochMs("until"),
                keys.millis("ramp_ms", Duration.ZERO, 0, 24 * HOUR_MS).toMillis(),
                keys.millis("session_ms", Duration.ZERO, 0, 24 * HOUR_MS).toMillis());
        keys.end();
        return override;
    }

    public static String text(HealthOverride override) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("status", override.status().wireName());
        values.put("owner", coded(override.owner()));
        approver(values, override.approver());
        values.put("reason", coded(override.reason()));
        values.put("since", Long.toString(override.sinceEpochMs()));
        values.put("until", Long.toString(override.untilEpochMs()));
        values.put("ramp_ms", Long.toString(override.rampMs()));
        if (override.sessionMs() > 0) {
            values.put("session_ms", Long.toString(override.sessionMs()));
        }
        return Fields.map(values);
    }

    /** A region's evacuation; the inverse of {@link #text(Evacuation)}. */
    public static Evacuation evacuation(String text) {
        MapText keys = new MapText(Fields.EVACUATION, text);
        Evacuation evacuation = new Evacuation(
                keys.choice("phase", Evacuation.Phase.class, Evacuation.Phase.RUNNING),
                keys.flag("rehearsal", false),
                words(keys.text("owner", ""), "evacuation.owner", MAX_OWNER),
                approver(keys, "evacuation.approver"),
                words(keys.text("reason", ""), "evacuation.reason", MAX_REASON),
                keys.epochMs("since"),
                keys.millis("ramp_ms", Duration.ZERO, 0, 24 * HOUR_MS).toMillis(),
                keys.epochMs("until"),
                keys.number("max_error_rate", 1, 0, 1),
                Long.parseLong(keys.text("ended", "0")),
                Long.parseLong(keys.text("took_ms", "-1")),
                URLDecoder.decode(keys.text("cause", ""), StandardCharsets.UTF_8));
        keys.end();
        return evacuation;
    }

    public static String text(Evacuation evacuation) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("phase", evacuation.phase().wireName());
        values.put("rehearsal", Boolean.toString(evacuation.rehearsal()));
        values.put("owner", coded(evacuation.owner()));
        approver(values, evacuation.approver());
        values.put("reason", coded(evacuation.reason()));
        values.put("since", Long.toString(evacuation.sinceEpochMs()));
        values.put("ramp_ms", Long.toString(evacuation.rampMs()));
        values.put("until", Long.toString(evacuation.untilEpochMs()));
        values.put("max_error_rate", Double.toString(evacuation.maxErrorRate()));
        values.put("ended", Long.toString(evacuation.endedEpochMs()));
        values.put("took_ms", Long.toString(evacuation.tookMs()));
        if (!evacuation.cause().isEmpty()) {
            values.put("cause", coded(evacuation.cause()));
        }
        return Fields.map(values);
    }

    private static String approver(MapText keys, String key) {
        String coded = keys.text("approver", "");
        return coded.isEmpty() ? "" : words(coded, key, MAX_OWNER);
    }

    private static void approver(Map<String, String> values, String approver) {
        if (!approver.isEmpty()) {
            values.put("approver", coded(approver));
        }
    }

    private static String coded(String words) {
        return URLEncoder.encode(words, StandardCharsets.UTF_8);
    }

    private static String words(String coded, String key, int atMost) {
        String words = URLDecoder.decode(coded, StandardCharsets.UTF_8);
        if (words.isBlank() || words.length() > atMost) {
            throw new IllegalArgumentException(
                    key + ": " + words.length() + " characters (expected: 1 to " + atMost + ", not blank)");
        }
        return words;
    }

    private PolicyText() {}
}
