package dev.windrose.live.table;

import dev.windrose.decide.geo.Latencies;
import dev.windrose.decide.geo.PlaceKey;
import dev.windrose.decide.health.Outliers;
import dev.windrose.decide.optimise.Flow;
import dev.windrose.decide.route.Choice;
import dev.windrose.decide.route.CompiledRule;
import dev.windrose.decide.route.Demand;
import dev.windrose.decide.route.Explanation;
import dev.windrose.decide.route.RoutingTable;
import dev.windrose.decide.route.TargetLoad;
import dev.windrose.decide.route.WithoutRule;
import dev.windrose.decide.rule.Catalog;
import dev.windrose.live.geo.LiveLatencies;
import dev.windrose.live.geo.SampleQueue;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Answers decisions from the table of the moment. Safe for all threads; never waits, locks or asks.
 *
 * <p>The table is replaced whole by the {@link TableKeeper}; counters outlive it.
 */
public final class Director {

    /*
     * A decision id is one 64-bit word: 12 bits that tell this run of this node from others, 20 bits for the counted
     * target, 8 bits for the period it was made in, 24 bits of running number for that target. It needs no memory of open
     * decisions, and an outcome finds its counter by the id alone. The period repeats after 512 s; an outcome that late
     * is taken for a younger one, which can only end one open decision too early.
     */

    private static final int PERIOD_MASK = 0xFF;

    /** A rule of the table together with what is counted for it. */
    private record Ready(CompiledRule rule, RuleCounters counters) {}

    private record View(
            RoutingTable table,
            Catalog catalog,
            Map<String, Ready> rules,
            @Nullable Ready withoutRule) {

        /** @param ruleId null for what decides without one */
        @Nullable
        Ready ready(@Nullable String ruleId) {
            return ruleId == null ? withoutRule : rules.get(ruleId);
        }
    }

    private final CatalogArrivals arrivals = new CatalogArrivals();
    private final Counters counters;
    private final LiveLatencies latencies;
    private final WhereClientsWere clients = new WhereClientsWere();
    private final LongSupplier nanoTime;
    private final long began;
    private final long tag;
    private volatile View view;
    private volatile long currentAtNanos;
    private volatile boolean ready = false;
    private volatile boolean caughtUp = false;
    private volatile Map<RuleId, RuleCounts> elsewhere = Map.of();
    private volatile Map<RuleId, Long> usedElsewhere = Map.of();
    private volatile Map<RuleId, Map<RegionId, Double>> demandHere = Map.of();
    private volatile Map<RegionId, DemandBoard.Fare> faresHere = Map.of();
    private final Traffic traffic = new Traffic();
    private volatile Map<String, Map<String, Long>> chosenElsewhere = Map.of();
    private volatile Map<String, Map<String, Long>> trafficElsewhere = Map.of();
    private volatile Demand demand = Demand.NONE;
    private volatile List<Region> regions = List.of();

    /**
     * A director without rules.
     *
     * @param latencies takes what clients measured
     * @param entropy gives the bits that tell this run of this node from others
     */
    Director(Catalog catalog, Counters counters, LiveLatencies latencies, LongSupplier nanoTime, Random entropy) {
        this.counters = counters;
        this.latencies = latencies;
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
        this.currentAtNanos = began;
        this.tag = (long) entropy.nextInt(1 << 12) << 52;
        this.view = new View(RoutingTable.EMPTY, catalog, Map.of(), null);
    }

    /**
     * Which region the client should use now. Not counted until {@link #begin}.
     *
     * @param ruleId null for the geographic rules and the nearest of all regions
     * @return null when no active rule has that name, or no region is known; a choice without a region when nothing may serve
     */
    public @Nullable Choice route(@Nullable String ruleId, Client client) {
        Ready found = view.ready(ruleId);
        return found == null
                ? null
                : found.rule().decide(client, found.counters().nextSequence());
    }

    /**
     * Counts a decision that is given to a client: in total, in flight, and for the geographic rule that settled it. Where
     * the client is is remembered for a while, for its outcome.
     */
    public long begin(Choice choice, Client client) {
        RuleId geographicRule = choice.geographicRule();
        if (geographicRule != null) {
            counters.used(geographicRule);
        }
        int period = counters.periods().current();
        long index = Counters.MAX_LOADS;
        int number;
        TargetLoad load = choice.load();
        if (load instanceof LiveLoad live) {
            index = live.index;
            number = live.begin(period);
            if (choice.wanted() != load && choice.wanted() instanceof LiveLoad chosen) {
                chosen.gaveAway();
                live.tookOver();
            }
        } else {
            RuleCounters rule = counters.rule(choice.rule());
            rule.decidedElsewhere();
            number = (int) rule.sequence();
        }
        traffic.count(client, choice);
        long id = tag | (index << 32) | ((long) (period & PERIOD_MASK) << 24) | (number & 0xFFFFFFL);
        long within = within(client);
        long place = client.network() == PlaceKey.NONE && client.known() ? within : client.network();
        clients.put(id, place, within);
        return id;
    }

    /** The place of a client but for its block of addresses. */
    private static long within(Client client) {
        String area = client.area();
        if (area != null) {
            return PlaceKey.of(area);
        }
        Coordinate at = client.coordinate();
        return at == null ? PlaceKey.NONE : PlaceKey.of(at);
    }

    /** Counts an answer that named no region, because there was no room for the client. */
    public void refuse(Choice choice) {
        if (choice.wanted() instanceof LiveLoad chosen) {
            chosen.gaveAway();
        }
    }

    /** The form of a decision id that {@link #finish} reads: 16 hex digits. */
    public static String text(long decisionId) {
        return HexFormat.of().toHexDigits(decisionId);
    }

    /**
     * Ends a decision. What a client measured that fared well is told to the latency map.
     *
     * @param latencyMs how long the service took, at least 0; NaN when not known
     * @param where the client is, when the outcome says so; else where it was when it was decided
     * @return false when the decision was not made by this run of this node, or is given up already
     */
    public boolean finish(String decisionId, double latencyMs, boolean success, @Nullable Client where) {
        if (decisionId.length() != 16) {
            return false;
        }
        long id;
        try {
            id = HexFormat.fromHexDigitsToLong(decisionId);
        } catch (IllegalArgumentException e) {
            return false;
        }
        int now = counters.periods().current();
        int age = (now - (int) (id >>> 24)) & PERIOD_MASK;
        int index = (int) (id >>> 32) & Counters.MAX_LOADS;
        if ((id & (0xFFFL << 52)) != tag || age >= Periods.KEPT - 1) {
            return false;
        }
        if (index == Counters.MAX_LOADS) {
            return true;
        }
        LiveLoad load = counters.at(index);
        if (load == null) {
            return false;
        }
        load.finish(now - age, latencyMs, success, ticks());
        if (!success) {
            load.rule.failed();
        } else if (latencyMs > 0) {
            measured(id, load.region, latencyMs, where);
        }
        return true;
    }

    /** As above, of a client that is where it was when it was decided. */
    public boolean finish(String decisionId, double latencyMs, boolean success) {
        return finish(decisionId, latencyMs, success, null);
    }

    private void measured(long id, RegionId region, double latencyMs, @Nullable Client where) {
        long[] places = new long[2];
        if (where != null) {
            places[1] = within(where);
            places[0] = where.network() == PlaceKey.NONE ? places[1] : where.network();
        } else if (!clients.get(id, places)) {
            return;
        }
        if (places[0] != PlaceKey.NONE) {
            latencies.samples().offer(new SampleQueue.Sample(places[0], places[1], region, latencyMs));
        }
    }

    /** The rule of a decision that was made here; null when that cannot be told any more. */
    public @Nullable RuleId ruleOf(String decisionId) {
        if (decisionId.length() != 16) {
            return null;
        }
        try {
            int index = (int) (HexFormat.fromHexDigitsToLong(decisionId) >>> 32) & Counters.MAX_LOADS;
            LiveLoad load = index == Counters.MAX_LOADS ? null : counters.at(index);
            return load == null ? null : load.rule.rule;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The decision this client would get now, and why; null when no active rule has that name. Counts nothing. */
    public @Nullable Explanation explain(@Nullable String ruleId, Client client) {
        Ready found = view.ready(ruleId);
        return found == null
                ? null
                : Explanation.of(found.rule(), client, found.counters().sequence());
    }

    public RoutingTable table() {
        return view.table();
    }

    public Catalog catalog() {
        return view.catalog();
    }

    /**
     * Completes when this node decides by a catalog of which {@code has} is true, or after {@code atMost} in any case; at once when it
     * does so already. Completes on the thread that swaps the table, which must not be held up.
     */
    public CompletionStage<@Nullable Void> whenCatalog(Predicate<Catalog> has, Duration atMost) {
        return arrivals.when(has, this::catalog, atMost);
    }

    /** Time since the rules were last known to be those of the region's journal, in ms. */
    public long dataAgeMs() {
        return Math.max(0, (nanoTime.getAsLong() - currentAtNanos) / 1_000_000);
    }

    /** Whether there is a table to answer from: read from a snapshot, or heard from the control plane. */
    public boolean ready() {
        return ready;
    }

    /**
     * Whether this node has known, since it started, all definitions of its region's journal and what the other regions had
     * then. Before, what it does not know may exist all the same.
     */
    public boolean caughtUp() {
        return caughtUp;
    }

    /** How often the rule decided on all nodes, as far as they have told. */
    public RuleCounts counts(RuleId rule) {
        return counters.counts(rule).plus(elsewhere.getOrDefault(rule, RuleCounts.NONE));
    }

    /** How often the geographic rule settled a decision on all nodes, as far as they have told. */
    public long usage(RuleId geographicRule) {
        return counters.usage(geographicRule) + usedElsewhere.getOrDefault(geographicRule, 0L);
    }

    /** What clients reported to this node since its start, of each target of which they reported anything. */
    public Map<RuleId, Map<RegionId, Outliers.Outcomes>> outcomes() {
        return counters.outcomes();
    }

    /** Requests per second that this node's clients want of each target; empty while no region has a capacity. */
    public Map<RuleId, Map<RegionId, Double>> demandHere() {
        return demandHere;
    }

    /** What clients want of each target, everywhere together; nothing where no region has a capacity. */
    public Demand demand() {
        return demand;
    }

    /** How this node's clients fare in each region; empty while no region has a capacity. */
    public Map<RegionId, DemandBoard.Fare> faresHere() {
        return faresHere;
    }

    /** The round trips that are known now. */
    public Latencies latencies() {
        return latencies;
    }

    /** Where clients were sent since the start of the nodes, on all of them as far as they have told. */
    public List<Flow> flows() {
        List<Flow> flows = new ArrayList<>();
        sums(traffic.byArea(), trafficElsewhere)
                .forEach((area, regions) ->
                        regions.forEach((region, count) -> flows.add(new Flow(area, region, count))));
        return flows;
    }

    /** How often each geographic rule chose each region since the start of the nodes, as far as they have told. */
    public Map<RuleId, Map<RegionId, Long>> chosen() {
        Map<RuleId, Map<RegionId, Long>> chosen = new HashMap<>();
        sums(traffic.byGeographicRule(), chosenElsewhere)
                .forEach((rule, regions) -> chosen.put(new RuleId(rule), regions));
        return chosen;
    }

    private static Map<String, Map<RegionId, Long>> sums(
            Map<String, Map<String, Long>> here, Map<String, Map<String, Long>> there) {
        Map<String, Map<RegionId, Long>> sums = new HashMap<>();
        for (Map<String, Map<String, Long>> part : List.of(here, there)) {
            part.forEach((name, regions) ->
                    regions.forEach((region, count) -> sums.computeIfAbsent(name, first -> new HashMap<>())
                            .merge(new RegionId(region), count, Long::sum)));
        }
        return sums;
    }

    /** The registered regions, with the capacities that hold now: what was declared, or learned where that is less. */
    public List<Region> regions() {
        return regions;
    }

    void measured(Demand everywhere, Map<RuleId, Map<RegionId, Double>> here, Map<RegionId, DemandBoard.Fare> fares) {
        demand = everywhere;
        demandHere = here;
        faresHere = fares;
    }

    /** Decisions of this node for a region since its start, of all rules. */
    public long decisionsFor(RegionId region) {
        return counters.decisionsFor(region);
    }

    /** What this node alone has counted, for the other nodes. */
    Counters counters() {
        return counters;
    }

    /** Where this node alone has sent clients, for the other nodes. */
    Traffic traffic() {
        return traffic;
    }

    /** Takes note of what the other nodes have counted. */
    void countedElsewhere(
            Map<RuleId, RuleCounts> rules,
            Map<RuleId, Long> usage,
            Map<String, Map<String, Long>> chosen,
            Map<String, Map<String, Long>> flows) {
        chosenElsewhere = Map.copyOf(chosen);
        trafficElsewhere = Map.copyOf(flows);
        elsewhere = Map.copyOf(rules);
        usedElsewhere = Map.copyOf(usage);
    }

    /** Replaces the table. */
    void swap(RoutingTable table, Catalog catalog, List<Region> bounded) {
        regions = bounded;
        traffic.knows(table.places().names());
        Map<String, Ready> rules = new HashMap<>();
        table.rules().forEach((name, rule) -> rules.put(name, new Ready(rule, counters.rule(new RuleId(name)))));
        CompiledRule withoutRule = table.withoutRule();
        view = new View(
                table,
                catalog,
                Map.copyOf(rules),
                withoutRule == null ? null : new Ready(withoutRule, counters.rule(WithoutRule.ID)));
        arrivals.inForce(catalog);
    }

    /** From now on there is something to answer from; it was current {@code ageMs} ago. */
    void currentAsOf(long ageMs) {
        currentAtNanos = nanoTime.getAsLong() - ageMs * 1_000_000;
        ready = true;
    }

    /** The table holds everything that is known to exist. */
    void current() {
        currentAsOf(0);
        caughtUp = true;
    }

    /** A test takes back that everything is known. */
    void notCaughtUp() {
        caughtUp = false;
    }

    long sinceStartMs() {
        return (nanoTime.getAsLong() - began) / 1_000_000;
    }

    private int ticks() {
        return (int) (sinceStartMs() / 10);
    }

    /** The status that the table of now holds for each target, for the snapshot. */
    Map<RuleId, Map<RegionId, HealthStatus>> statuses() {
        Map<RuleId, Map<RegionId, HealthStatus>> statuses = new HashMap<>();
        view.table().rules().forEach((name, rule) -> {
            Map<RegionId, HealthStatus> targets = new HashMap<>();
            for (int i = 0; i < rule.rule().targets().size(); i++) {
                targets.put(rule.rule().targets().get(i), rule.status(i));
            }
            statuses.put(new RuleId(name), targets);
        });
        return statuses;
    }
}
