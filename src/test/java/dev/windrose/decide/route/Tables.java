package dev.windrose.decide.route;

import dev.windrose.decide.geo.Latencies;
import dev.windrose.decide.health.Checks;
import dev.windrose.model.Algorithm;
import dev.windrose.model.Authority;
import dev.windrose.model.Drain;
import dev.windrose.model.FailoverPolicy;
import dev.windrose.model.Fallback;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.HealthPolicy;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.LatencyAllowance;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleFailover;
import dev.windrose.model.RuleHealth;
import dev.windrose.model.RuleId;
import dev.windrose.model.RuleStatus;
import dev.windrose.model.SafetyRules;
import dev.windrose.model.TargetHealth;
import dev.windrose.model.WhenFull;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules and what is believed of their targets, for tests of tables. */
public final class Tables {

    public static final RegionId US = new RegionId("us-east-1");
    public static final RegionId EU = new RegionId("eu-west-1");
    public static final RegionId ASIA = new RegionId("ap-southeast-1");
    public static final RuleId WEB = new RuleId("web");

    static final List<RegionId> MANY = List.of(
            US,
            EU,
            ASIA,
            new RegionId("us-west-2"),
            new RegionId("eu-central-1"),
            new RegionId("ap-northeast-1"),
            new RegionId("sa-east-1"),
            new RegionId("af-south-1"));

    /** Targets that nobody has been sent to. */
    static final TableCompiler.Loads IDLE = (rule, target) -> TargetLoad.IDLE;

    /** A rule whose targets weigh the same. */
    public static Rule rule(RuleId id, Algorithm algorithm, List<RegionId> targets) {
        Map<RegionId, Double> weights = new HashMap<>();
        targets.forEach(target -> weights.put(target, 1.0 / targets.size()));
        return new Rule(
                id,
                id.value(),
                algorithm,
                targets,
                weights,
                Map.of(),
                RuleHealth.of(Checks.DEFAULTS),
                RuleFailover.of(true),
                false,
                Fallback.OPEN,
                RuleStatus.ACTIVE);
    }

    static Rule rule(Algorithm algorithm, RegionId... targets) {
        return rule(WEB, algorithm, List.of(targets));
    }

    static Rule with(Rule rule, boolean failover, boolean affinity, Fallback fallback, RuleStatus status) {
        return new Rule(
                rule.id(),
                rule.name(),
                rule.algorithm(),
                rule.targets(),
                rule.weights(),
                rule.endpoints(),
                rule.health(),
                new RuleFailover(
                        failover,
                        rule.failover().policy(),
                        rule.failover().safety(),
                        rule.failover().marks()),
                affinity,
                fallback,
                status);
    }

    static Rule withPolicy(Rule rule, HealthPolicy policy) {
        RuleHealth health = rule.health();
        return new Rule(
                rule.id(),
                rule.name(),
                rule.algorithm(),
                rule.targets(),
                rule.weights(),
                rule.endpoints(),
                new RuleHealth(health.check(), health.monitors(), policy, health.overrides()),
                rule.failover(),
                rule.sessionAffinity(),
                rule.fallback(),
                rule.status());
    }

    public static Rule withSafety(Rule rule, SafetyRules safety) {
        return new Rule(
                rule.id(),
                rule.name(),
                rule.algorithm(),
                rule.targets(),
                rule.weights(),
                rule.endpoints(),
                rule.health(),
                new RuleFailover(
                        rule.failover().enabled(),
                        rule.failover().policy(),
                        safety,
                        rule.failover().marks()),
                rule.sessionAffinity(),
                rule.fallback(),
                rule.status());
    }

    public static Rule withFailover(Rule rule, RuleFailover failover) {
        return new Rule(
                rule.id(),
                rule.name(),
                rule.algorithm(),
                rule.targets(),
                rule.weights(),
                rule.endpoints(),
                rule.health(),
                failover,
                rule.sessionAffinity(),
                rule.fallback(),
                rule.status());
    }

    static Rule withFull(Rule rule, WhenFull whenFull) {
        FailoverPolicy usual = FailoverPolicy.DEFAULT;
        return new Rule(
                rule.id(),
                rule.name(),
                rule.algorithm(),
                rule.targets(),
                rule.weights(),
                rule.endpoints(),
                rule.health(),
                new RuleFailover(
                        true,
                        new FailoverPolicy(usual.failback(), usual.delay(), usual.steps(), usual.hold(), whenFull),
                        rule.failover().safety(),
                        rule.failover().marks()),
                rule.sessionAffinity(),
                rule.fallback(),
                rule.status());
    }

    public static Rule withFallback(Rule rule, Fallback fallback) {
        return with(rule, rule.failover().enabled(), rule.sessionAffinity(), fallback, rule.status());
    }

    static GeographicRule geographic(
            String id, String source, int priority, double ms, @Nullable RuleId only, RegionId... to) {
        return new GeographicRule(new RuleId(id), Set.of(source), List.of(to), priority, ms, only, RuleStatus.ACTIVE);
    }

    /** What is believed of targets, the same for every rule; what is not said is unknown. */
    public static final class Believed implements HealthView {
        private final Map<RegionId, HealthStatus> statuses = new HashMap<>();
        private final Map<RegionId, Double> latencies = new HashMap<>();
        private final Map<RegionId, Authority> authorities = new HashMap<>();
        private final Map<RegionId, Double> servingShares = new HashMap<>();
        private final Map<RegionId, Integer> endpoints = new HashMap<>();
        private final Map<RegionId, Double> shares = new HashMap<>();
        private final Map<RegionId, Drain> drains = new HashMap<>();

        public Believed is(RegionId target, HealthStatus status) {
            statuses.put(target, status);
            return this;
        }

        Believed ordered(RegionId target, HealthStatus status) {
            authorities.put(target, Authority.OVERRIDE);
            return is(target, status);
        }

        Believed serves(RegionId target, double servingShare, int endpoint) {
            servingShares.put(target, servingShare);
            endpoints.put(target, endpoint);
            return this;
        }

        Believed mayHave(RegionId target, double share) {
            shares.put(target, share);
            return this;
        }

        Believed leaves(RegionId target, double share, double sessionShare) {
            drains.put(target, new Drain(share, sessionShare));
            return this;
        }

        Believed takes(RegionId target, double ms) {
            latencies.put(target, ms);
            return this;
        }

        @Override
        public TargetHealth of(RuleId rule, RegionId target) {
            HealthStatus status = statuses.getOrDefault(target, HealthStatus.UNKNOWN);
            return new TargetHealth(
                    status,
                    authorities.getOrDefault(target, Authority.PROBE),
                    latencies.getOrDefault(target, Double.NaN),
                    servingShares.getOrDefault(target, status.serves() ? 1.0 : 0.0),
                    endpoints.getOrDefault(target, 0),
                    shares.getOrDefault(target, 1.0),
                    drains.getOrDefault(target, Drain.NONE),
                    true,
                    LatencyAllowance.NONE);
        }
    }

    static CompiledRule compile(Rule rule, HealthView health) {
        return compile(rule, List.of(), List.of(), health);
    }

    static CompiledRule compile(
            Rule rule, Collection<GeographicRule> geographic, Collection<Region> regions, HealthView health) {
        return compile(rule, geographic, regions, health, Latencies.NONE, 0);
    }

    static CompiledRule compile(
            Rule rule,
            Collection<GeographicRule> geographic,
            Collection<Region> regions,
            HealthView health,
            Latencies latencies,
            double explore) {
        CompiledRule compiled = new TableCompiler(US, 30, IDLE, latencies, explore)
                .compile(RoutingTable.EMPTY, List.of(rule), geographic, regions, health, Demand.NONE, 0)
                .rule(rule.id().value());
        if (compiled == null) {
            throw new AssertionError("not in the table: " + rule);
        }
        return compiled;
    }

    static Rule random(Random random) {
        List<RegionId> targets = new ArrayList<>(MANY);
        Collections.shuffle(targets, random);
        targets = targets.subList(0, 1 + random.nextInt(MANY.size()));
        Rule rule = rule(WEB, Algorithm.values()[random.nextInt(Algorithm.values().length)], targets);
        Fallback[] fallbacks = {Fallback.OPEN, Fallback.CLOSED, Fallback.to(new RegionId("il-central-1"))};
        return with(rule, random.nextInt(5) > 0, random.nextBoolean(), fallbacks[random.nextInt(3)], RuleStatus.ACTIVE);
    }

    static Believed randomHealth(Random random) {
        Believed health = new Believed();
        for (RegionId region : MANY) {
            health.is(region, HealthStatus.values()[random.nextInt(HealthStatus.values().length)]);
            if (random.nextBoolean()) {
                health.takes(region, 1 + random.nextInt(200));
            }
        }
        return health;
    }

    private Tables() {}
}
