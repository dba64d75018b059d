package dev.windrose.live.table;

import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.geo.Latencies;
import dev.windrose.decide.geo.PlaceKey;
import dev.windrose.decide.route.Choice;
import dev.windrose.decide.route.CompiledRule;
import dev.windrose.decide.route.Explanation;
import dev.windrose.decide.route.RoutingTable;
import dev.windrose.decide.route.RulelessRouting;
import dev.windrose.decide.route.TargetLoad;
import dev.windrose.live.geo.LiveLatencies;
import dev.windrose.live.geo.SampleQueue;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.time.Duration;
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
 * Answers decisions from the current table. Safe for all threads; never waits, locks or asks an actor.
 *
 * <p>The {@link TableKeeper} replaces the table as a whole; counters outlive it.
 */
public final class Director {

    /*
     * Who writes, who reads, and what is ordered by what.
     *
     * Any number of request threads call route, begin, refuse, finish and explain. Only the keeper of the table, one
     * message at a time, calls swap, currentAsOf and current; before the keeper exists, the thread that starts the node
     * does. No thread locks or waits: readers see what was published last, and count by atomic adds.
     *
     * The table. A View is immutable and published by one volatile write. A call reads the field once, so a rule and
     * its counters are those of one table; two calls may see two tables. A thread that sees a view also sees what swap
     * wrote before it (the regions, the names of places in TrafficCounts), or something newer.
     *
     * Readiness. The keeper swaps before it calls current, currentAtNanos is written before ready, and ready before
     * caughtUp. So a thread that sees that this node has caught up decides by a table that holds all it had caught up
     * with.
     *
     * A decision. route takes a number from the rule's sequence and looks the answer up; begin counts it. They are two
     * calls, because an answer that names no region is refused instead. A choice keeps a reference to its target's
     * counter, and counters outlive a swap: a decision by a table that was replaced in between is counted all the same.
     * For a rule that was removed in between, the count goes to a counter that is no longer read.
     *
     * An outcome may come on any thread, before or after a swap, twice, or never. It finds its counter by the index in
     * the id: the keeper puts the counter into the array before it publishes the table that leads to it, takes it out
     * when the rule is removed, and gives the index to another target only when no outcome of the removed one is
     * accepted any more. Time is read from CoarseClock, which the keeper advances. An outcome is refused one period
     * before its slot is cleared (LiveLoad), so a thread that read the time one period late still finds the slot that
     * it means. The client's place is written without ordering (RecentClients): a reader that comes too early, or while
     * another thread overwrites it, finds nothing, and the latency map gets no sample.
     *
     * explain reads the sequence and takes no number from it: it shows what the next decision would be if no other
     * comes first.
     */

    /*
     * A decision id is one 64-bit word: 12 bits that distinguish this run of this node from others, 20 bits for the
     * counted target, 8 bits for the period it was made in, 24 bits of running number for that target. It needs no
     * memory of open decisions, and an outcome finds its counter by the id alone. The period repeats after 512 s; an
     * outcome that late is mistaken for a younger one, which can only end one open decision too early.
     */

    private static final int PERIOD_MASK = 0xFF;

    /** A rule of the table with its counters. */
    private record Ready(CompiledRule rule, RuleCounters counters) {}

    private record View(
            RoutingTable table,
            Catalog catalog,
            Map<String, Ready> rules,
            @Nullable Ready withoutRule) {

        /** @param ruleId null for decisions without a rule */
        @Nullable
        Ready ready(@Nullable String ruleId) {
            return ruleId == null ? withoutRule : rules.get(ruleId);
        }
    }

    private final CatalogArrivals arrivals = new CatalogArrivals();
    private final Tallies tallies;
    private final Counters counters;
    private final TrafficCounts traffic;
    private final LiveLatencies latencies;
    private final RecentClients clients = new RecentClients();
    private final LongSupplier nanoTime;
    private final long began;
    private final long tag;
    private volatile View view;
    private volatile long currentAtNanos;
    private volatile boolean ready = false;
    private volatile boolean caughtUp = false;
    private volatile List<Region> regions = List.of();

    /**
     * A director without rules.
     *
     * @param tallies counts decisions
     * @param latencies takes clients' measurements
     * @param entropy supplies the bits that distinguish this run of this node from others
     */
    Director(Catalog catalog, Tallies tallies, LiveLatencies latencies, LongSupplier nanoTime, Random entropy) {
        this.tallies = tallies;
        this.counters = tallies.counters();
        this.traffic = tallies.traffic();
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
     * Counts a decision given to a client: in total, in flight, and for the geographic rule that made it. The client's
     * place is remembered for a while, for its outcome.
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

    /** The client's place without its address block. */
    private static long within(Client client) {
        String area = client.area();
        if (area != null) {
            return PlaceKey.of(area);
        }
        Coordinate at = client.coordinate();
        return at == null ? PlaceKey.NONE : PlaceKey.of(at);
    }

    /** Counts an answer without a region, because none had capacity for the client. */
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
     * Ends a decision. The latency of a successful client goes to the latency map.
     *
     * @param latencyMs duration of the request, at least 0; NaN when unknown
     * @param where the client is, if the outcome states it; else its place at the decision
     * @return false when the decision was not made by this run of this node, or has expired
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
        if ((id & (0xFFFL << 52)) != tag || age >= CoarseClock.KEPT - 1) {
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

    /** The rule of a decision made here; null when it can no longer be determined. */
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

    /** Age of the last confirmation that the rules match the region's journal, in ms. */
    public long dataAgeMs() {
        return Math.max(0, (nanoTime.getAsLong() - currentAtNanos) / 1_000_000);
    }

    /** Whether there is a table to answer from: read from a snapshot, or received from the control plane. */
    public boolean ready() {
        return ready;
    }

    /**
     * Whether this node has had, since it started, all definitions of its region's journal and what the other regions
     * had then. Before that, an unknown definition may still exist.
     */
    public boolean caughtUp() {
        return caughtUp;
    }

    /** The round trips that are known now. */
    public Latencies latencies() {
        return latencies;
    }

    /** What was decided, here and on the other nodes. */
    public Tallies tallies() {
        return tallies;
    }

    /** The registered regions, with their effective capacities: the declared one, or the learned one where lower. */
    public List<Region> regions() {
        return regions;
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
                withoutRule == null ? null : new Ready(withoutRule, counters.rule(RulelessRouting.ID)));
        arrivals.inForce(catalog);
    }

    /** There is a table to answer from; it was current {@code ageMs} ago. */
    void currentAsOf(long ageMs) {
        currentAtNanos = nanoTime.getAsLong() - ageMs * 1_000_000;
        ready = true;
    }

    /** The table includes every definition known to exist. */
    void current() {
        currentAsOf(0);
        caughtUp = true;
    }

    /** For tests: revokes that everything is known. */
    void notCaughtUp() {
        caughtUp = false;
    }

    long sinceStartMs() {
        return (nanoTime.getAsLong() - began) / 1_000_000;
    }

    private int ticks() {
        return (int) (sinceStartMs() / 10);
    }

    /** The status of each target in the current table, for the snapshot. */
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
