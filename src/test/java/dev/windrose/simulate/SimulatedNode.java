package dev.windrose.simulate;

import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionDigest;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.LastGood;
import dev.windrose.decide.definition.PolicyText;
import dev.windrose.decide.definition.ReplicationLag;
import dev.windrose.decide.failover.RecordingOrder;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.health.Reading;
import dev.windrose.decide.route.CompiledRule;
import dev.windrose.decide.route.Demand;
import dev.windrose.decide.route.RoutingTable;
import dev.windrose.decide.route.TableCompiler;
import dev.windrose.decide.route.Tables;
import dev.windrose.decide.route.TargetLoad;
import dev.windrose.live.health.Eyes;
import dev.windrose.live.health.HealthBoard;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Fallback;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleGeography;
import dev.windrose.model.SafetyRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One node of one region: its journal, its eyes and its table. */
final class SimulatedNode {

    static final HealthCheck CHECK = Checks.http(Duration.ofSeconds(1), Duration.ofMillis(500), 2, 3);

    private static final long TURN_MS = 2000;

    /** Less than the time between two comparisons. */
    private static final Duration LACKED_FOR = Duration.ofSeconds(8);

    private static final Fallback NOTHING = new Fallback(Fallback.Mode.FAIL_CLOSED, null);

    /** What one node said last, as gossip carries it on. */
    record Told(String node, long sequence, Map<Integer, HealthBoard> boards) {}

    private record Turned(String rule, RegionId target, boolean out) {}

    final int index;
    final RegionId region;
    final SimulatedJournal journal;
    private final Planted planted;
    private final List<RegionId> all;
    private final List<Region> registry;

    long skewMs;
    boolean alive = true;

    /** The process stands still; what came meanwhile is unread. */
    boolean asleep = false;

    final List<Runnable> unread = new ArrayList<>();
    long startedMs = 0;
    Eyes eyes;
    RoutingTable table = RoutingTable.EMPTY;

    /** What is used of each rule; on disk, in the snapshot of the table. */
    private final Map<String, DefinitionState> used = new HashMap<>();

    private final Map<Integer, ReplicationLag> lagging = new HashMap<>();
    SimulatedJournal.@Nullable Backup backup = null;
    boolean restored = false;

    private final Map<String, Told> gossip = new HashMap<>();
    private final Map<Turned, Long> turns = new HashMap<>();
    private TableCompiler compiler;
    private List<Rule> rules = List.of();
    private long rulesOf = -1;
    private long sequence = 1;

    SimulatedNode(int index, List<RegionId> all, List<Region> registry, long skewMs, Planted planted) {
        this.index = index;
        this.region = all.get(index);
        this.all = all;
        this.registry = registry;
        this.skewMs = skewMs;
        this.planted = planted;
        this.journal = new SimulatedJournal(index, region, planted);
        this.eyes = new Eyes(region);
        this.compiler = compiler();
    }

    private TableCompiler compiler() {
        return new TableCompiler(region, 30, (rule, target) -> TargetLoad.IDLE);
    }

    long epochMs(long nowMs) {
        return 1_800_000_000_000L + nowMs + skewMs;
    }

    List<Rule> rules() {
        return rules;
    }

    /** The process is new: nothing is known but what the journal says. */
    void restart(long nowMs) {
        eyes = new Eyes(region);
        compiler = compiler();
        table = RoutingTable.EMPTY;
        gossip.clear();
        lagging.clear();
        turns.clear();
        rulesOf = -1;
        sequence += 1000;
        startedMs = nowMs;
        unread.clear();
        alive = true;
        redraw(nowMs);
    }

    void check(CheckPlan.Check check, boolean reached, double latencyMs, long nowMs) {
        Reading reading = reached
                ? Reading.answered(check.check(), latencyMs, check.allowanceMs())
                : Reading.failed(check.check().timeout().toMillis(), "no answer");
        eyes.saw(check, reading, nowMs);
    }

    /** What this node says, and what it heard others say. */
    Collection<Told> gossip() {
        sequence++;
        gossip.put(region.value(), new Told(region.value(), sequence, eyes.boards(sequence)));
        return new ArrayList<>(gossip.values());
    }

    void heard(Collection<Told> told, long nowMs) {
        for (Told each : told) {
            Told before = gossip.get(each.node());
            if (!each.node().equals(region.value()) && (before == null || before.sequence() < each.sequence())) {
                gossip.put(each.node(), each);
                eyes.heard(each.node(), each.boards(), nowMs);
                for (int i = 0; planted == Planted.NO_QUORUM && i < 5; i++) {
                    eyes.heard(each.node() + i, as(each.node() + i, each.boards()), nowMs);
                }
            }
        }
    }

    private static Map<Integer, HealthBoard> as(String region, Map<Integer, HealthBoard> boards) {
        Map<Integer, HealthBoard> renamed = new HashMap<>();
        boards.forEach((bucket, board) ->
                renamed.put(bucket, new HealthBoard(region, board.sequence(), board.seen(), board.reports())));
        return renamed;
    }

    /** Draws a picture and compiles the table that follows from it. */
    HealthPicture redraw(long nowMs) {
        if (rulesOf != journal.version()) {
            rulesOf = journal.version();
            rules = definitions();
            eyes.watch(rules, registry);
        }
        HealthPicture picture = eyes.picture(nowMs, epochMs(nowMs));
        RoutingTable next = compiler.compile(table, rules, List.of(), registry, picture, Demand.NONE, nowMs);
        if (next.version() <= table.version()) {
            throw new AssertionError("table: version " + next.version() + " after " + table.version());
        }
        table = next;
        return picture;
    }

    private List<Rule> definitions() {
        List<Rule> found = new ArrayList<>();
        journal.states().forEach((name, state) -> {
            DefinitionState now = planted == Planted.NO_LAST_GOOD
                    ? state
                    : LastGood.usable(
                            DefinitionKey.Kind.RULE, used.getOrDefault(name, DefinitionState.EMPTY), state, CHECK);
            used.put(name, now);
            Rule rule = DefinitionCodec.rule(name, now, CHECK);
            if (rule != null) {
                found.add(flawed(rule));
            }
        });
        return found;
    }

    private Rule flawed(Rule rule) {
        SafetyRules safety = rule.failover().safety();
        return switch (planted) {
            case NO_FAIL_OPEN -> Tables.withFallback(rule, NOTHING);
            case NO_LEAST_REGIONS -> Tables.withSafety(rule, new SafetyRules(1, safety.maxMovedPerMinute(), List.of()));
            case NO_RESIDENCY -> rule.with(RuleGeography.DEFAULT);
            case NO_PACE -> Tables.withSafety(rule, new SafetyRules(safety.minRegions(), 1, List.of()));
            default -> rule;
        };
    }

    /** Takes from another region what this one lacks, if it lacked it at the comparison before as well. */
    void compared(int other, Map<String, DefinitionState> theirs, long nowMs) {
        ReplicationLag behind = lagging.computeIfAbsent(other, index -> new ReplicationLag());
        behind.compared(digests(journal.states()), digests(theirs), nowMs * 1_000_000);
        for (String entity : behind.lasting(LACKED_FOR, nowMs * 1_000_000)) {
            if (planted != Planted.NO_REPAIR) {
                journal.repair(entity, theirs.getOrDefault(entity, DefinitionState.EMPTY));
            }
        }
    }

    private static Map<String, DefinitionDigest> digests(Map<String, DefinitionState> states) {
        Map<String, DefinitionDigest> digests = new HashMap<>();
        states.forEach((entity, state) -> digests.put(entity, DefinitionDigest.of(state)));
        return digests;
    }

    /** Records the failovers and failbacks whose turn it is, as the recorder of a node does. */
    List<HealthPicture.Turn> record(HealthPicture picture, long nowMs) {
        Set<Turned> seen = new HashSet<>();
        List<HealthPicture.Turn> recorded = new ArrayList<>();
        for (HealthPicture.Turn turn : picture.turns()) {
            if (turn.own()) {
                throw new AssertionError(turn + " is recorded though nobody waits for it");
            }
            Turned key =
                    new Turned(turn.rule().value(), turn.region(), turn.mark().out());
            seen.add(key);
            long waited = nowMs - turns.computeIfAbsent(key, first -> nowMs);
            if (waited >= TURN_MS * RecordingOrder.rank(region, all, key.rule() + " " + key.target())) {
                turns.put(key, nowMs);
                journal.write(
                        key.rule(),
                        key.out() ? Change.Kind.FAILED_OVER : Change.Kind.FAILED_BACK,
                        Map.of(Fields.of(Fields.FAILOVER, key.target()), PolicyText.text(turn.mark())),
                        epochMs(nowMs),
                        "windrose@" + region);
                recorded.add(turn);
            }
        }
        turns.keySet().retainAll(seen);
        return recorded;
    }

    @Nullable
    CompiledRule compiled(String rule) {
        return table.rule(rule);
    }
}
