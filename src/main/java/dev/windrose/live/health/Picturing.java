package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.EndpointPool;
import dev.windrose.decide.health.Evidence;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.health.HealthTrack;
import dev.windrose.decide.health.MonitorGroup;
import dev.windrose.decide.health.Outliers;
import dev.windrose.decide.health.Verdict;
import dev.windrose.decide.rule.PolicyText;
import dev.windrose.model.Authority;
import dev.windrose.model.Drain;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.HealthOverride;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.LatencyAllowance;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import dev.windrose.model.TargetHealth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Draws one picture from all that is known at one instant. */
final class Picturing {

    /** What is known of one check. */
    private record Known(Verdict.Ruling ruling, double latencyMs, double successRate) {}

    private static final Outliers.Outcomes NO_OUTCOMES = new Outliers.Outcomes(0, 0);

    private final Watched watched;
    private final Map<String, HealthTrack> tracks;
    private final Observers observers;
    private final Reports reports;
    private final PassiveWindow passive;
    private final Steady steady;
    private final Returns returns;
    private final boolean secondApprover;
    private final long nowNanos;
    private final long nowEpochMs;
    private final Map<String, Known> checks = new HashMap<>();
    private final List<HealthPicture.Turn> turns = new ArrayList<>();

    Picturing(
            Watched watched,
            Map<String, HealthTrack> tracks,
            Observers observers,
            Reports reports,
            PassiveWindow passive,
            Steady steady,
            Returns returns,
            boolean secondApprover,
            long nowNanos,
            long nowEpochMs) {
        this.watched = watched;
        this.tracks = tracks;
        this.observers = observers;
        this.reports = reports;
        this.passive = passive;
        this.steady = steady;
        this.returns = returns;
        this.secondApprover = secondApprover;
        this.nowNanos = nowNanos;
        this.nowEpochMs = nowEpochMs;
    }

    HealthPicture draw() {
        steady.begin();
        Map<RegionId, List<Known>> byRegion = new HashMap<>();
        watched.plan().checks().forEach((id, check) -> {
            Known known = known(id);
            checks.put(id, known);
            byRegion.computeIfAbsent(check.region(), region -> new ArrayList<>())
                    .add(known);
        });
        Map<RuleId, Map<RegionId, TargetHealth>> targets = new HashMap<>();
        for (Rule rule : watched.rules().values()) {
            targets.put(rule.id(), targets(rule));
        }
        return new HealthPicture(targets, summaries(byRegion), reports.at(nowNanos), turns);
    }

    private Known known(String id) {
        HealthTrack track = tracks.get(id);
        Map<String, HealthBoard.Seen> said = observers.say(id);
        HealthBoard.Seen peer = said.remove(observers.self());
        HealthStatus own = track != null ? track.status() : peer == null ? HealthStatus.UNKNOWN : peer.status();
        List<HealthStatus> others =
                said.values().stream().map(HealthBoard.Seen::status).toList();
        return new Known(
                steady.verdict(id, own, others),
                track != null ? track.latencyMs() : peer == null ? Double.NaN : peer.latencyMs(),
                track != null ? track.successRate() : peer == null ? Double.NaN : peer.successRate());
    }

    private Map<RegionId, TargetHealth> targets(Rule rule) {
        Map<RegionId, List<CheckPlan.Place>> places = watched.plan().byRule().getOrDefault(rule.id(), Map.of());
        Map<RegionId, Outliers.Outcomes> outcomes = passive.of(rule.id());
        Map<RegionId, TargetHealth> targets = new HashMap<>();
        Map<RegionId, Outliers.Outcomes> serving = new TreeMap<>();
        for (RegionId region : rule.targets()) {
            TargetHealth health = target(rule, region, places.getOrDefault(region, List.of()), outcomes.get(region));
            targets.put(region, health);
            if (health.status().serves()) {
                serving.put(region, outcomes.getOrDefault(region, NO_OUTCOMES));
            }
        }
        Set<RegionId> ejected = steady.ejected(rule, serving, nowNanos / 1_000_000);
        targets.replaceAll((region, health) -> ejected.contains(region) && health.authority() != Authority.OVERRIDE
                ? health.is(HealthStatus.DEGRADED, Authority.PASSIVE)
                : health);
        returned(rule, targets, places);
        RegionId fallback = rule.fallback().region();
        if (fallback != null && places.containsKey(fallback)) {
            // It has no share of its own, so that nothing comes back to it or is recorded.
            targets.put(fallback, target(rule, fallback, places.getOrDefault(fallback, List.of()), null));
        }
        return targets;
    }

    /** Holds back what is on its way back, and notes what is to be recorded. */
    private void returned(Rule rule, Map<RegionId, TargetHealth> targets, Map<RegionId, List<CheckPlan.Place>> places) {
        Turning turning = new Turning(this, rule, turns);
        boolean others = false;
        for (RegionId region : rule.targets()) {
            TargetHealth health = targets.getOrDefault(region, TargetHealth.UNKNOWN);
            if (health.status().serves()) {
                Returns.Return back = returns.serves(rule, region, lapsed(rule, region), nowNanos, nowEpochMs);
                TargetHealth kept = health.withShare(Math.min(health.share(), back.share()));
                targets.put(region, kept);
                others |= kept.share() > 0;
                turning.serves(region, kept, places.getOrDefault(region, List.of()), back);
            }
        }
        for (RegionId region : rule.targets()) {
            TargetHealth health = targets.getOrDefault(region, TargetHealth.UNKNOWN);
            if (!health.status().serves()) {
                boolean ordered = health.authority() == Authority.OVERRIDE;
                boolean leaves = !ordered && leaves(rule, health.status(), others);
                List<CheckPlan.Place> seen = places.getOrDefault(region, List.of());
                Returns.Return out =
                        returns.out(rule, region, leaves, ordered, () -> turning.why(health, seen), nowEpochMs);
                turning.out(region, health, seen, leaves, out);
            }
        }
    }

    /** What is degraded has lost its traffic only where others have it, and it may keep nothing. */
    private static boolean leaves(Rule rule, HealthStatus status, boolean others) {
        return status == HealthStatus.UNHEALTHY
                || (status == HealthStatus.DEGRADED
                        && others
                        && rule.health().policy().degradedShare() == 0);
    }

    /** When the time of an override of that target was over that still stands in the definition; 0 when there is none. */
    private long lapsed(Rule rule, RegionId region) {
        Region registered = watched.regions().get(region);
        return Math.max(
                lapsed(rule.health().overrides().get(region)),
                lapsed(registered == null ? null : registered.override()));
    }

    private long lapsed(@Nullable HealthOverride override) {
        return override == null || override.inForce(nowEpochMs) ? 0 : override.untilEpochMs();
    }

    /** What all observers together say of that check, and whom it moves; null when it is not watched. */
    Verdict.@Nullable Ruling ruling(String checkId) {
        Known known = checks.get(checkId);
        return known == null ? null : known.ruling();
    }

    /** What each observer says of an endpoint. */
    String evidence(CheckPlan.Place place, CheckPlan.Look look) {
        HealthTrack own = tracks.get(look.checkId());
        StringBuilder said = new StringBuilder(place.endpoint().toString());
        said.append(": ")
                .append(observers.self())
                .append(' ')
                .append(own == null ? "?" : own.status().wireName());
        new TreeMap<>(observers.say(look.checkId()))
                .forEach((region, seen) -> said.append(", ")
                        .append(region)
                        .append(' ')
                        .append(seen.status().wireName()));
        return said.toString();
    }

    /** The region of this node. */
    RegionId self() {
        return new RegionId(observers.self());
    }

    /** A mark of this moment, by this region. */
    FailoverMark mark(boolean out, String evidence) {
        return new FailoverMark(
                out,
                nowEpochMs,
                observers.self(),
                evidence.length() <= PolicyText.MAX_REASON ? evidence : evidence.substring(0, PolicyText.MAX_REASON));
    }

    private TargetHealth target(
            Rule rule, RegionId region, List<CheckPlan.Place> places, Outliers.@Nullable Outcomes outcomes) {
        HealthStatus probed = HealthStatus.UNKNOWN;
        EndpointPool pool = new EndpointPool(HealthStatus.UNKNOWN, 1, 0);
        double latencyMs = Double.NaN;
        LatencyAllowance allowed = LatencyAllowance.NONE;
        if (!places.isEmpty()) {
            pool = EndpointPool.of(
                    places.stream().map(this::endpoint).toList(),
                    rule.health().policy().failoverBelow());
            probed = pool.status();
            latencyMs = latency(places.get(pool.endpoint()));
            allowed = allowed(places.get(pool.endpoint()));
        }
        Reports.Kept report = reports.of(region, nowNanos);
        HealthOverride override = override(rule, region);
        HealthStatus passive = steady.told(rule, region, outcomes, nowNanos / 1_000_000);
        HealthStatus reported = report == null ? HealthStatus.UNKNOWN : report.status();
        Evidence evidence = new Evidence(ordered(override), probed, passive, reported);
        double known = evidence.authority() == Authority.REPORT && report != null
                ? report.report().responseTimeMs()
                : latencyMs;
        return new TargetHealth(
                evidence.status(),
                evidence.authority(),
                known,
                pool.servingShare(),
                pool.endpoint(),
                1,
                override == null ? Drain.NONE : override.drain(nowEpochMs),
                new Evidence(HealthStatus.UNKNOWN, probed, passive, reported)
                        .status()
                        .serves(),
                allowed);
    }

    private HealthStatus endpoint(CheckPlan.Place place) {
        List<MonitorGroup.Vote> votes = new ArrayList<>(place.looks().size());
        for (CheckPlan.Look look : place.looks()) {
            Known known = checks.get(look.checkId());
            if (known != null) {
                votes.add(new MonitorGroup.Vote(known.ruling().status(), look.mustBeHealthy()));
            }
        }
        return MonitorGroup.of(votes);
    }

    private double latency(CheckPlan.Place place) {
        Known known = checks.get(place.looks().get(0).checkId());
        return known == null ? Double.NaN : known.latencyMs();
    }

    private LatencyAllowance allowed(CheckPlan.Place place) {
        CheckPlan.Check check = watched.plan().checks().get(place.looks().get(0).checkId());
        return check == null ? LatencyAllowance.NONE : check.allowed();
    }

    /** What an operator says of the rule's target, else of the whole region; null when nobody says anything. */
    private @Nullable HealthOverride override(Rule rule, RegionId region) {
        HealthOverride own = rule.health().overrides().get(region);
        return own != null && own.inForce(nowEpochMs) ? own : override(region);
    }

    private @Nullable HealthOverride override(RegionId region) {
        Region registered = watched.regions().get(region);
        HealthOverride override = registered == null ? null : registered.override();
        return override != null && override.inForce(nowEpochMs) && !(secondApprover && lacksApprover(override))
                ? override
                : null;
    }

    private static boolean lacksApprover(HealthOverride override) {
        boolean empties = override.status() == HealthStatus.DRAINING || override.status() == HealthStatus.UNHEALTHY;
        return empties && override.approver().isEmpty();
    }

    /** What the table is to believe of it: a target that is being emptied serves until it is empty. */
    private HealthStatus ordered(@Nullable HealthOverride override) {
        return override == null
                        || (override.status() == HealthStatus.DRAINING
                                && !override.drain(nowEpochMs).isEmpty())
                ? HealthStatus.UNKNOWN
                : override.status();
    }

    private Map<RegionId, HealthPicture.RegionSummary> summaries(Map<RegionId, List<Known>> checked) {
        Set<RegionId> all = new TreeSet<>(checked.keySet());
        all.addAll(watched.regions().keySet());
        all.addAll(reports.regions());
        Map<RegionId, HealthPicture.RegionSummary> summaries = new HashMap<>();
        all.forEach(region -> summaries.put(
                region, summary(region, checked.getOrDefault(region, List.of()), reports.of(region, nowNanos))));
        return summaries;
    }

    private HealthPicture.RegionSummary summary(RegionId region, List<Known> known, Reports.@Nullable Kept report) {
        long connections = report == null ? 0 : report.report().activeConnections();
        HealthOverride override = override(region);
        HealthStatus ordered = override == null ? HealthStatus.UNKNOWN : override.status();
        HealthStatus probed = overall(known);
        if (ordered == HealthStatus.UNKNOWN && probed == HealthStatus.UNKNOWN && report != null) {
            return new HealthPicture.RegionSummary(
                    region,
                    report.status(),
                    report.report().responseTimeMs(),
                    report.report().successRate(),
                    connections,
                    report.epochMs(),
                    HealthPicture.Source.REPORT);
        }
        boolean overridden = ordered != HealthStatus.UNKNOWN;
        Reports.Kept stale = reports.last(region);
        if (!overridden && probed == HealthStatus.UNKNOWN && stale != null) {
            return new HealthPicture.RegionSummary(
                    region,
                    HealthStatus.UNKNOWN,
                    stale.report().responseTimeMs(),
                    stale.report().successRate(),
                    stale.report().activeConnections(),
                    stale.epochMs(),
                    HealthPicture.Source.STALE);
        }
        if (!overridden && probed == HealthStatus.UNKNOWN) {
            return new HealthPicture.RegionSummary(
                    region, HealthStatus.UNKNOWN, Double.NaN, Double.NaN, 0, 0, HealthPicture.Source.NONE);
        }
        return new HealthPicture.RegionSummary(
                region,
                overridden ? ordered : probed,
                mean(known.stream().map(Known::latencyMs).toList()),
                mean(known.stream().map(Known::successRate).toList()),
                connections,
                nowEpochMs,
                overridden ? HealthPicture.Source.OVERRIDE : HealthPicture.Source.PROBE);
    }

    /** Healthy or unhealthy when all its targets are, degraded when they differ. */
    private static HealthStatus overall(List<Known> checks) {
        HealthStatus overall = HealthStatus.UNKNOWN;
        for (Known check : checks) {
            HealthStatus status = check.ruling().status();
            if (status != HealthStatus.UNKNOWN) {
                overall = overall == HealthStatus.UNKNOWN || overall == status ? status : HealthStatus.DEGRADED;
            }
        }
        return overall;
    }

    private static double mean(List<Double> values) {
        return values.stream()
                .filter(value -> !Double.isNaN(value))
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
    }

    /** The rows of the checks that the filter lets through, with what every observer says. */
    HealthMatrix matrix(Set<String> checkIds, OwnBoards own, String node) {
        List<HealthMatrix.Row> rows = new ArrayList<>();
        watched.plan().checks().forEach((id, check) -> {
            if (checkIds.contains(id)) {
                List<HealthMatrix.Sight> sights = new ArrayList<>();
                HealthBoard.Seen seen = tracks.containsKey(id) ? own.of(id) : null;
                if (seen != null) {
                    sights.add(new HealthMatrix.Sight(
                            node,
                            observers.self(),
                            true,
                            true,
                            seen.status(),
                            seen.latencyMs(),
                            seen.successRate(),
                            0,
                            seen.sinceEpochMs(),
                            seen.cause()));
                }
                sights.addAll(observers.sights(id));
                Verdict.Ruling ruling = known(id).ruling();
                rows.add(new HealthMatrix.Row(
                        id,
                        check.region(),
                        check.endpoint(),
                        check.check().question().type(),
                        ruling.status(),
                        ruling.reach(),
                        check.allowed(),
                        sights));
            }
        });
        return new HealthMatrix(rows);
    }
}
