package dev.windrose.simulate;

import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.Conflict;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionDigest;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.PolicyText;
import dev.windrose.decide.definition.RuleWeights;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.route.Choice;
import dev.windrose.decide.route.CompiledRule;
import dev.windrose.decide.route.Tables;
import dev.windrose.decide.route.Tier;
import dev.windrose.model.Algorithm;
import dev.windrose.model.Client;
import dev.windrose.model.HealthOverride;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.LatencyPolicy;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Residency;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleGeography;
import dev.windrose.model.RuleId;
import dev.windrose.model.SafetyRules;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Three to five regions in virtual time, with everything broken at random, and what must hold nevertheless. One seed
 * gives one run.
 *
 * <p>The code under simulation is the code that ships: the merge of rules, health tracks, verdicts, failover and failback,
 * the table and its algorithms. Simulated are what lies between: clocks, links, journals, origins.
 */
final class Simulation {

    /*
     * One run: all is well for a minute; for more than two minutes faults begin and end, rules are written and clients ask in
     * every region; then everything is mended, and after the time that beliefs need to come back all must be as if
     * nothing had been, but for the writes.
     *
     * Among the faults: clocks are off by minutes, in every second run one by an hour or by ten years; of what was not forced to the
     * disk any part outlives a crash; processes stand still for up to a minute and go on; journals come back from a backup, so that numbers that others know are given again, as long as
     * somebody knows what the backup lacks; and fields are written that no check has seen.
     *
     * What must hold at every answer, as far as the asked node can know it:
     *  - an answer names a region;
     *  - a target that the node's own checks have found down for two seconds is not answered while another serves, and
     *    neither is one that a majority has found down for ten seconds in which every control link was whole;
     *  - a target that this region and all others but at most one have reached for two minutes is a candidate, and nobody
     *    records that traffic left it;
     *  - a drained target is not answered while another serves;
     *  - of the rule that says so, two regions stay in service whoever drains the others, as long as they work;
     *  - of the rule that says so, no more than a third of the traffic is elsewhere than at any moment of the last minute;
     *  - of the rule that says so, clients of two places are answered, and only where they may be served;
     *  - tables only go forward.
     * And at the end: every acknowledged write is in force, replaced by one whose author knew it, or told as a conflict, in
     * the region that acknowledged it at least (a journal from a backup may give its number again, and then the others never
     * hear of it); all regions have the same rules, and none says that traffic has left a target.
     */

    private static final long FAULTS_FROM_MS = 60_000;
    private static final long FAULTS_UNTIL_MS = 200_000;
    private static final long SETTLED_AFTER_MS = 360_000;
    private static final long STABLE_MS = 120_000;
    private static final long KNOWN_MS = 10_000;
    private static final long OWN_MS = 2_000;

    /** An hour, and ten years: what nodes do that never hear of a clock that is right. */
    private static final long[] FAR_OFF_MS = {-3_600_000, 3_600_000, 315_360_000_000L};

    /** A rule that keeps two regions in service, and one whose traffic moves slowly. */
    private static final String WIDE = "wide";

    private static final String SLOW = "slow";
    private static final double SLOWLY = 0.3;

    /** A rule that may serve the clients of two places only in some regions, by an algorithm that tries others as well. */
    private static final String BOUND = "bound";

    private static final Residency RESIDENCY = new Residency(Map.of(
            "here", Set.of(new RegionId("region-0"), new RegionId("region-1")),
            "there", Set.of(new RegionId("region-2"))));

    /** Fields that cannot be right, with their texts. */
    private static final List<String[]> BAD = List.of(
            new String[] {Fields.TARGET_REGIONS, ""},
            new String[] {Fields.TARGET_REGIONS, "region-0 region-0"},
            new String[] {Fields.WEIGHTS, "region-0=NaN"},
            new String[] {Fields.ALGORITHM, ""},
            new String[] {Fields.FALLBACK, "?"},
            new String[] {Fields.SAFETY, "min_regions=-1"},
            new String[] {Fields.STATUS, "x"},
            new String[] {Fields.RESIDENCY, ""},
            new String[] {Fields.RESIDENCY, "here=?"});

    /** What was seen, for a test that asks whether anything happened at all. */
    static final class Counts {
        long decisions = 0;
        long writes = 0;
        long failovers = 0;
        long failbacks = 0;
        long crashes = 0;
        long faults = 0;
        long messagesLost = 0;
        long restores = 0;
        long pauses = 0;
        long conflicts = 0;
        long badPushes = 0;
        long bound = 0;

        void add(Counts other) {
            decisions += other.decisions;
            writes += other.writes;
            failovers += other.failovers;
            failbacks += other.failbacks;
            crashes += other.crashes;
            faults += other.faults;
            messagesLost += other.messagesLost;
            restores += other.restores;
            pauses += other.pauses;
            conflicts += other.conflicts;
            badPushes += other.badPushes;
            bound += other.bound;
        }
    }

    private record Written(String entity, String field, Stamp stamp) {}

    /** What was written, and what its region had heard by then of that definition: the newest stamp of each region. */
    private record Writing(Written what, String text, Map<String, Long> seen) {

        boolean knew(Written earlier) {
            Long ms = seen.get(earlier.stamp().region());
            return what.entity().equals(earlier.entity())
                    && what.field().equals(earlier.field())
                    && ms != null
                    && ms >= earlier.stamp().epochMs();
        }
    }

    private final Random random;
    private final Timeline timeline = new Timeline();
    private final Faults faults = new Faults();
    private final List<RegionId> regions = new ArrayList<>();
    private final List<Region> registry = new ArrayList<>();
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final List<String> ruleNames = List.of("web", "api", "static", WIDE, SLOW, BOUND);
    private final Map<SimulatedNode, Paces> paces = new HashMap<>();
    private final Map<Written, Writing> writings = new HashMap<>();
    private final Set<Written> acknowledged = new HashSet<>();
    private final Set<Written> overwritten = new HashSet<>();
    private final Counts counts = new Counts();
    private final double loss;
    private final double doubled;
    private long sequence = 0;

    static Counts run(long seed, Planted planted) {
        Simulation simulation = new Simulation(seed, planted);
        try {
            simulation.run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "seed " + seed + " at " + simulation.timeline.nowMs() + " ms: " + e.getMessage(), e);
        }
        return simulation.counts;
    }

    private Simulation(long seed, Planted planted) {
        this.random = new Random(seed);
        this.loss = random.nextInt(3) * 0.05;
        this.doubled = random.nextInt(3) * 0.05;
        int count = 3 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            regions.add(new RegionId("region-" + i));
            registry.add(new Region(
                    regions.get(i), List.of(URI.create("http://origin-" + i + ":8080")), null, 0, Set.of(), null));
        }
        int farOff = random.nextInt(2 * count);
        for (int i = 0; i < count; i++) {
            long skewMs =
                    i == farOff ? FAR_OFF_MS[random.nextInt(FAR_OFF_MS.length)] : random.nextInt(600_001) - 300_000;
            nodes.add(new SimulatedNode(i, regions, registry, skewMs, planted));
        }
    }

    private void run() {
        for (int i = 0; i < ruleNames.size(); i++) {
            create(nodes.get(random.nextInt(nodes.size())), ruleNames.get(i), i);
        }
        for (SimulatedNode node : nodes) {
            timeline.every(random.nextInt(1000), 1000, () -> ifAlive(node, () -> probe(node)));
            timeline.every(random.nextInt(500), 500, () -> ifAlive(node, () -> draw(node)));
            timeline.every(random.nextInt(1000), 1000, () -> ifAlive(node, () -> gossip(node)));
            timeline.every(random.nextInt(300), 300, () -> ifAlive(node, () -> pull(node)));
            timeline.every(random.nextInt(10_000), 10_000, () -> ifAlive(node, () -> compare(node)));
            timeline.every(FAULTS_FROM_MS + random.nextInt(30_000), 30_000, () -> node.backup = node.journal.backup());
            timeline.every(20_000 + random.nextInt(250), 250, () -> ifAlive(node, () -> ask(node)));
        }
        timeline.every(FAULTS_FROM_MS, 1500, () -> {
            if (timeline.nowMs() < FAULTS_UNTIL_MS) {
                write(nodes.get(random.nextInt(nodes.size())));
            }
        });
        for (long at = FAULTS_FROM_MS; at < FAULTS_UNTIL_MS; at += 1000 + random.nextInt(20_000)) {
            timeline.at(at, this::breakSomething);
        }
        timeline.runUntil(SETTLED_AFTER_MS);
        checkTheEnd();
    }

    private void ifAlive(SimulatedNode node, Runnable what) {
        if (node.alive && !node.asleep) {
            what.run();
        }
    }

    // What nodes do.

    private void probe(SimulatedNode node) {
        for (CheckPlan.Check check : node.eyes.checks().values()) {
            int origin = regions.indexOf(check.region());
            boolean reached = faults.reaches(node.index, origin);
            node.check(check, reached, 5 + random.nextInt(30), timeline.nowMs());
        }
    }

    private void draw(SimulatedNode node) {
        HealthPicture picture = node.redraw(timeline.nowMs());
        CompiledRule slow = node.compiled(SLOW);
        if (slow != null) {
            double far = paces.computeIfAbsent(node, key -> new Paces()).look(slow, timeline.nowMs());
            require(far <= SLOWLY, () -> node.region + " moved " + far + " of " + SLOW + " within a minute");
        }
        for (HealthPicture.Turn turn : node.record(picture, timeline.nowMs())) {
            node.journal.sync();
            int target = regions.indexOf(turn.region());
            if (turn.mark().out()) {
                counts.failovers++;
                require(
                        !reachedByMost(target, node),
                        () -> node.region + " records that traffic left " + turn.region() + ", which all reach");
            } else {
                counts.failbacks++;
            }
        }
    }

    private void gossip(SimulatedNode node) {
        Collection<SimulatedNode.Told> told = node.gossip();
        for (int i = 0; i < 2; i++) {
            SimulatedNode to = nodes.get(random.nextInt(nodes.size()));
            if (to != node) {
                send(node, to, () -> to.heard(told, timeline.nowMs()));
            }
        }
    }

    private void pull(SimulatedNode node) {
        for (SimulatedNode source : nodes) {
            if (source != node) {
                int after = node.journal.cursor(source.index);
                send(node, source, () -> {
                    SimulatedJournal.Batch batch = source.journal.pull(after);
                    send(source, node, () -> node.journal.took(source.index, batch, () -> random.nextInt(50) != 0));
                });
            }
        }
    }

    private void compare(SimulatedNode node) {
        for (SimulatedNode other : nodes) {
            if (other != node) {
                send(node, other, () -> {
                    Map<String, DefinitionState> theirs = Map.copyOf(other.journal.states());
                    send(other, node, () -> node.compared(other.index, theirs, timeline.nowMs()));
                });
            }
        }
    }

    /** Over a link that may be cut, and that loses, doubles, delays and so reorders. */
    private void send(SimulatedNode from, SimulatedNode to, Runnable arrival) {
        if (!faults.carries(from.index, to.index) || random.nextDouble() < loss) {
            counts.messagesLost++;
            return;
        }
        int copies = random.nextDouble() < doubled ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            timeline.after(1 + random.nextInt(random.nextInt(20) == 0 ? 2000 : 150), () -> arrive(to, arrival));
        }
    }

    /** What comes to a process that stands still waits in its sockets, and is read in order when it goes on. */
    private void arrive(SimulatedNode to, Runnable arrival) {
        if (to.asleep) {
            to.unread.add(arrival);
        } else {
            ifAlive(to, arrival);
        }
    }

    // What people do.

    private void create(SimulatedNode node, String name, int kind) {
        Algorithm algorithm = switch (kind) {
            case 0 -> Algorithm.PRIORITY;
            case 2 -> Algorithm.CONSISTENT_HASH;
            case 5 -> Algorithm.GEOGRAPHIC;
            default -> Algorithm.WEIGHTED_ROUND_ROBIN;
        };
        Rule plain = Tables.rule(new RuleId(name), algorithm, regions);
        Rule rule = switch (name) {
            case WIDE -> Tables.withSafety(plain, new SafetyRules(2, 1, List.of()));
            case SLOW -> Tables.withSafety(plain, new SafetyRules(1, SLOWLY, List.of()));
            case BOUND ->
                Tables.withSafety(plain, new SafetyRules(1, SLOWLY, List.of()))
                        .with(new RuleGeography(RESIDENCY, new LatencyPolicy(20, 0.1)));
            default -> plain;
        };
        write(node, name, Change.Kind.CREATED, DefinitionCodec.fields(rule, SimulatedNode.CHECK));
    }

    private void write(SimulatedNode node) {
        String name = ruleNames.get(random.nextInt(ruleNames.size()));
        if (!node.alive || node.asleep || !node.journal.state(name).exists()) {
            return;
        }
        switch (random.nextInt(3)) {
            case 0 -> write(node, name, Change.Kind.CHANGED, Map.of(Fields.NAME, "name " + random.nextInt(1_000_000)));
            case 1 -> {
                Map<RegionId, Double> weights = new TreeMap<>();
                regions.forEach(region -> weights.put(region, 1.0 + random.nextInt(9)));
                write(
                        node,
                        name,
                        Change.Kind.WEIGHTS_SET,
                        Map.of(Fields.WEIGHTS, Fields.map(RuleWeights.normalised(regions, weights))));
            }
            default -> {
                long now = node.epochMs(timeline.nowMs());
                HealthOverride drain = new HealthOverride(
                        HealthStatus.DRAINING, "ops", "maintenance", now, now + 5000 + random.nextInt(30_000), 0);
                write(
                        node,
                        name,
                        Change.Kind.CHANGED,
                        Map.of(
                                Fields.of(Fields.OVERRIDE, regions.get(random.nextInt(regions.size()))),
                                PolicyText.text(drain)));
            }
        }
    }

    private void write(SimulatedNode node, String name, Change.Kind kind, Map<String, String> fields) {
        counts.writes++;
        DefinitionState before = node.journal.state(name);
        Change change = node.journal.write(name, kind, fields, node.epochMs(timeline.nowMs()), "somebody");
        for (SimulatedNode other : nodes) {
            require(
                    other == node
                            || node.restored
                            || other.journal.newest(name, node.index) < node.journal.newest(name, node.index),
                    () -> node.region + " gives a number of " + name + " again, which " + other.region + " knows");
        }
        fields.forEach((field, text) -> {
            Written what = new Written(name, field, change.stamp());
            writings.put(what, new Writing(what, text, before.causes().heard()));
            DefinitionState.Entry old = before.fields().get(field);
            if (old != null) {
                overwritten.add(new Written(name, field, old.stamp()));
            }
            require(
                    text.equals(node.journal.state(name).text(field)),
                    () -> node.region + " does not show what was just written to " + name + "." + field);
        });
        // It is told to others, or lost, before it is on disk for good; only then is it acknowledged.
        int crashes = node.journal.crashes();
        timeline.after(random.nextInt(400), () -> {
            if (node.journal.crashes() == crashes) {
                node.journal.sync();
                fields.keySet().forEach(field -> acknowledged.add(new Written(name, field, change.stamp())));
            }
        });
    }

    // What breaks.

    private void breakSomething() {
        counts.faults++;
        long forMs = 1000 + random.nextInt(60_000);
        int one = random.nextInt(nodes.size());
        int two = (one + 1 + random.nextInt(nodes.size() - 1)) % nodes.size();
        switch (random.nextInt(12)) {
            case 0 -> nodes.forEach(node -> cutBoth(one, node.index, forMs));
            case 1 -> cutControl(one, two, forMs);
            case 2 -> cutBoth(one, two, forMs);
            case 3 -> nodes.forEach(a -> nodes.forEach(b -> cutBoth(a.index, b.index, forMs)));
            case 4 -> {
                for (long at = 0; at < forMs; at += 6000) {
                    timeline.after(at, () -> cutBoth(one, two, 3000));
                }
            }
            case 5 -> {
                faults.killOrigin(one);
                timeline.after(forMs, () -> faults.reviveOrigin(one, timeline.nowMs()));
            }
            case 6 -> cutData(one, two, forMs);
            case 7 -> nodes.forEach(origin -> cutData(one, origin.index, forMs));
            case 8 -> restore(nodes.get(one), Math.min(forMs, 20_000));
            case 9 -> ifAlive(nodes.get(one), () -> push(nodes.get(one)));
            case 10 -> pause(nodes.get(one), forMs);
            default -> {
                // What was written a moment before is at risk.
                ifAlive(nodes.get(one), () -> write(nodes.get(one)));
                timeline.after(random.nextInt(400), () -> crash(nodes.get(one), Math.min(forMs, 20_000)));
            }
        }
        if (random.nextInt(5) == 0) {
            SimulatedNode node = nodes.get(one);
            node.skewMs += random.nextInt(120_001) - 60_000;
            ifAlive(node, () -> draw(node));
        }
    }

    private void cutBoth(int one, int two, long forMs) {
        cutControl(one, two, forMs);
        cutControl(two, one, forMs);
    }

    private void cutControl(int from, int to, long forMs) {
        if (from != to) {
            faults.cutControl(from, to);
            timeline.after(forMs, () -> faults.mendControl(from, to, timeline.nowMs()));
        }
    }

    private void cutData(int from, int origin, long forMs) {
        faults.cutData(from, origin);
        timeline.after(forMs, () -> faults.mendData(from, origin, timeline.nowMs()));
    }

    private void crash(SimulatedNode node, long forMs) {
        if (node.alive) {
            counts.crashes++;
            node.alive = false;
            paces.remove(node);
            node.journal.crash(random);
            timeline.after(forMs, () -> node.restart(timeline.nowMs()));
        }
    }

    /**
     * The process stands still: nothing of it runs, what is sent to it waits, and all that it believes is old when it goes on.
     * To the others it is as good as cut off.
     */
    private void pause(SimulatedNode node, long forMs) {
        if (!node.alive || node.asleep) {
            return;
        }
        counts.pauses++;
        node.asleep = true;
        paces.remove(node);
        for (SimulatedNode other : nodes) {
            faults.disturb(node.index, other.index, forMs, timeline);
        }
        timeline.after(forMs, () -> {
            node.asleep = false;
            List<Runnable> unread = new ArrayList<>(node.unread);
            node.unread.clear();
            unread.forEach(arrival -> ifAlive(node, arrival));
            ifAlive(node, () -> draw(node));
        });
    }

    /** Its files come back from a backup, if all that it lacks is known elsewhere. */
    private void restore(SimulatedNode node, long forMs) {
        SimulatedJournal.Backup backup = node.backup;
        if (!node.alive || backup == null) {
            return;
        }
        for (String name : ruleNames) {
            DefinitionState elsewhere = DefinitionState.EMPTY;
            for (SimulatedNode other : nodes) {
                elsewhere = other == node ? elsewhere : elsewhere.merge(other.journal.state(name));
            }
            DefinitionState here = node.journal.state(name);
            long written = here.causes().heard().getOrDefault(node.region.value(), 0L);
            long heard = elsewhere.causes().heard().getOrDefault(node.region.value(), 0L);
            // What is hidden elsewhere by a later stamp shows in no digest, and is known all the same, or not.
            if (!DefinitionDigest.of(elsewhere).covers(DefinitionDigest.of(here))
                    || heard < written
                    || !elsewhere.causes().lost().containsAll(here.causes().lost())) {
                return;
            }
        }
        counts.restores++;
        node.alive = false;
        paces.remove(node);
        node.journal.restore(backup);
        node.restored = true;
        timeline.after(forMs, () -> node.restart(timeline.nowMs()));
    }

    /** A field that no check has seen. */
    private void push(SimulatedNode node) {
        String name = ruleNames.get(random.nextInt(ruleNames.size()));
        if (node.journal.state(name).exists()) {
            counts.badPushes++;
            String[] field = BAD.get(random.nextInt(BAD.size()));
            write(node, name, Change.Kind.CHANGED, Map.of(field[0], field[1]));
        }
    }

    // What must hold.

    private void ask(SimulatedNode node) {
        for (String name : ruleNames) {
            CompiledRule rule = node.compiled(name);
            if (rule == null) {
                require(!node.journal.state(name).exists(), () -> node.region + " forgot rule " + name);
                continue;
            }
            counts.decisions++;
            Choice choice = rule.decide(Client.ANYWHERE, sequence++);
            // No region may serve both places, and nobody knows in which of them this client is.
            boolean refused = name.equals(BOUND);
            require(
                    (choice.region() == null) == refused,
                    () -> node.region + " answers " + choice.region() + " for " + name);
            checkAnswer(node, rule, choice);
            if (name.equals(BOUND)) {
                RESIDENCY.allowed().forEach((place, allowed) -> checkBound(node, rule, place, allowed));
            }
        }
    }

    private void checkAnswer(SimulatedNode node, CompiledRule rule, Choice choice) {
        String name = rule.rule().id().value();
        if (name.equals(WIDE)) {
            checkWide(node, rule);
        }
        if (name.equals(WIDE) || name.equals(SLOW) || name.equals(BOUND)) {
            return;
        }
        boolean others = rule.tier() == Tier.SERVING;
        boolean running = timeline.nowMs() - node.startedMs > KNOWN_MS;
        List<RegionId> targets = rule.rule().targets();
        for (int i = 0; i < targets.size(); i++) {
            RegionId target = targets.get(i);
            HealthOverride drain = rule.rule().health().overrides().get(target);
            long epochMs = node.epochMs(timeline.nowMs());
            boolean drained = drain != null && drain.inForce(epochMs);
            // A table is as old as half a second, and still knows a drain that has just ended.
            boolean open = drain == null || !drain.inForce(epochMs - 600);
            if (others && i == choice.target()) {
                require(!drained, () -> node.region + " answers " + target + ", which is drained");
                require(
                        !downByOwn(node, target) || !running,
                        () -> node.region + " answers " + target + ", which it has found down");
                require(
                        !downByMost(target) || !running,
                        () -> node.region + " answers " + target + ", which a majority has found down");
            }
            if (open && running && reachedByMost(regions.indexOf(target), node)) {
                int index = i;
                require(
                        rule.isCandidate(index),
                        () -> node.region + " does not use " + target + " for " + name + ", which all reach, tier "
                                + rule.tier() + ", " + rule.status(index) + " by " + rule.authority(index)
                                + ", own view "
                                + node.eyes.own(String.valueOf(checkOf(node, target))) + ", others "
                                + node.eyes.others(String.valueOf(checkOf(node, target))));
            }
        }
    }

    private void checkBound(SimulatedNode node, CompiledRule rule, String place, Set<RegionId> allowed) {
        String key = random.nextBoolean() ? null : "client-" + random.nextInt(100);
        Choice choice = rule.decide(new Client(place, null, key), sequence++);
        RegionId region = choice.region();
        counts.bound++;
        require(region != null, () -> node.region + " answers nothing to a client of " + place);
        require(
                region == null || allowed.contains(region),
                () -> node.region + " answers " + region + " to a client of " + place);
    }

    /** Two regions serve, or every one that works does. */
    private void checkWide(SimulatedNode node, CompiledRule rule) {
        int candidates = 0;
        int work = 0;
        for (int i = 0; i < rule.rule().targets().size(); i++) {
            int origin = regions.indexOf(rule.rule().targets().get(i));
            candidates += rule.isCandidate(i) ? 1 : 0;
            work += reachedByMost(origin, node) ? 1 : 0;
        }
        int serve = candidates;
        boolean running = timeline.nowMs() - node.startedMs > KNOWN_MS;
        require(
                !running || serve >= Math.min(2, work),
                () -> node.region + " keeps " + serve + " regions of " + WIDE + " in service");
    }

    private boolean downByOwn(SimulatedNode node, RegionId target) {
        String check = checkOf(node, target);
        return check != null
                && node.eyes.own(check) == HealthStatus.UNHEALTHY
                && node.eyes.saidForMs(check, timeline.nowMs()) > OWN_MS;
    }

    private boolean downByMost(RegionId target) {
        if (faults.calmForMs(timeline.nowMs()) < KNOWN_MS) {
            return false;
        }
        int down = 0;
        for (SimulatedNode node : nodes) {
            String check = node.alive ? checkOf(node, target) : null;
            boolean found = check != null
                    && node.eyes.own(check) == HealthStatus.UNHEALTHY
                    && node.eyes.saidForMs(check, timeline.nowMs()) > KNOWN_MS;
            down += found ? 1 : 0;
        }
        return 2 * down > nodes.size();
    }

    private static @Nullable String checkOf(SimulatedNode node, RegionId target) {
        for (CheckPlan.Check check : node.eyes.checks().values()) {
            if (check.region().equals(target)) {
                return check.id();
            }
        }
        return null;
    }

    /** This node, and all others but at most one, have reached the origin for so long that all is forgiven. */
    private boolean reachedByMost(int origin, SimulatedNode by) {
        int not = 0;
        for (SimulatedNode node : nodes) {
            boolean reached = faults.reachedForMs(node.index, origin, timeline.nowMs()) > STABLE_MS;
            if (!reached && node == by) {
                return false;
            }
            not += reached ? 0 : 1;
        }
        return not <= 1;
    }

    private void checkTheEnd() {
        for (String name : ruleNames) {
            Set<String> revisions = new TreeSet<>();
            nodes.forEach(node -> revisions.add(node.journal.state(name).revision()));
            require(revisions.size() == 1, () -> "regions have different states of " + name);
        }
        SimulatedNode any = nodes.get(0);
        Set<Written> told = new HashSet<>();
        nodes.forEach(node -> told.addAll(told(node)));
        for (Written written : acknowledged) {
            require(
                    kept(any, written, told),
                    () -> "the acknowledged write " + written
                            + " is neither in force, nor replaced by one that knew it, nor told");
        }
        for (String name : ruleNames) {
            any.journal.state(name).fields().forEach((field, entry) -> {
                Written shown = new Written(name, field, entry.stamp());
                require(
                        !overwritten.contains(shown) || !later(shown),
                        () -> "the write " + shown + " shows again, though a later one knew of it");
            });
        }
        for (SimulatedNode node : nodes) {
            for (Rule rule : node.rules()) {
                for (RegionId target : rule.targets()) {
                    require(
                            !rule.failover().left(target),
                            () -> node.region + " has recorded no failback of " + target + " in " + rule.id());
                }
            }
        }
    }

    private Set<Written> told(SimulatedNode node) {
        Set<Written> told = new HashSet<>();
        for (String name : ruleNames) {
            for (Conflict conflict : Conflict.of(node.journal.state(name))) {
                conflict.fields().keySet().forEach(field -> told.add(new Written(name, field, conflict.stamp())));
            }
        }
        counts.conflicts += told.size();
        return told;
    }

    /** Whether a write is in force here, or one that knew it is or was acknowledged, or it is told that it is not. */
    private boolean kept(SimulatedNode node, Written written, Set<Written> told) {
        if (told.contains(written) || inForce(node, written)) {
            return true;
        }
        for (Writing later : writings.values()) {
            Written what = later.what();
            boolean there = acknowledged.contains(what) || told.contains(what) || inForce(node, what);
            if (there && later.knew(written)) {
                return true;
            }
        }
        return false;
    }

    private boolean inForce(SimulatedNode node, Written written) {
        Writing writing = writings.get(written);
        DefinitionState.Entry entry =
                node.journal.state(written.entity()).fields().get(written.field());
        return entry != null
                && (entry.stamp().equals(written.stamp())
                        || (writing != null && entry.text().equals(writing.text())));
    }

    /** Whether a write that knew of this one was acknowledged. */
    private boolean later(Written shown) {
        return acknowledged.stream()
                .anyMatch(write -> write.entity().equals(shown.entity())
                        && write.field().equals(shown.field())
                        && write.stamp().compareTo(shown.stamp()) > 0);
    }

    private static void require(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }
}
