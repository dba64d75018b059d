package dev.windrose.live.definition;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import dev.windrose.decide.definition.CongestionWindow;
import dev.windrose.decide.definition.DefinitionDigest;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.ReplicationLag;
import dev.windrose.decide.definition.UnreadableDefinitions;
import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.RegionId;
import dev.windrose.watch.Alarms;
import dev.windrose.watch.DefinitionMeters;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares the definitions of this region with those of every other region, from time to time and without being asked.
 *
 * <p>States that differ while changes travel are normal. A definition that still lacks at the next comparison what another
 * region had at the last one has lost it: a journal came back from a backup, or an event was refused. It is asked for what
 * it has and mended; when that does not help for long, an alarm is raised.
 *
 * <p>A region that was away does not wait until it has read all that happened meanwhile: it takes the others' states at once,
 * and their events one after the other.
 */
final class DigestExchange extends AbstractBehavior<DigestExchange.Command> {

    sealed interface Command {}

    /** Asks for one number for each bucket of definitions. */
    record AskBuckets(ActorRef<Buckets> replyTo) implements Command, WireMessage {}

    /** Asks for the definitions of some buckets. */
    record AskEntries(List<Integer> buckets, ActorRef<Entries> replyTo) implements Command, WireMessage {}

    /** Asks for the states of some definitions. */
    record AskStates(List<String> entities, ActorRef<States> replyTo) implements Command, WireMessage {}

    record States(Map<String, DefinitionState> states) implements WireMessage {}

    record Buckets(List<Long> hashes) implements WireMessage {}

    record Entries(Map<String, DefinitionDigest> entries) implements WireMessage {}

    private record Found(String region, Receptionist.Listing listing) implements Command {}

    /** Many events of that region are still to come. */
    record Behind(String region) implements Command {}

    /** Why a comparison is made. */
    private enum Why {
        /** It was time. What lacks may be on its way, and is left alone for one more comparison. */
        TIME,
        /** What lacks will come late: it is taken at once. */
        BEHIND,
        /** This node has started, and hears for the first time what the region has. */
        START
    }

    private record BucketsHeard(
            String region,
            Why why,
            @Nullable Starting start,
            @Nullable Buckets buckets) implements Command {}

    private record EntriesHeard(
            String region,
            Why why,
            @Nullable Starting start,
            List<Integer> asked,
            @Nullable Entries entries) implements Command {}

    private record StatesHeard(
            String region,
            Why why,
            List<String> asked,
            @Nullable States states) implements Command {}

    private record MendedHere(String region, Why why, String entity, RuleActor.@Nullable Mended mended)
            implements Command {}

    private enum Compare implements Command {
        INSTANCE
    }

    private enum LookNow implements Command {
        INSTANCE
    }

    private record Judged(String entity, boolean journalAnswers) implements Command {}

    /** Keeps an answer within one frame: about 40 definitions of half a kilobyte each, even when there are 10,000. */
    private static final int BUCKETS_AT_ONCE = 4;

    /** Definitions that are mended at the same time, at most; fewer where the journal is slow. */
    private static final int MENDED_AT_ONCE = 64;

    private static final int MENDED_AT_FIRST = 16;

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /** A first comparison of which nothing is heard for longer is begun again. */
    private static final Duration START_AT_MOST = Duration.ofSeconds(10);

    /** What is lacking at a start comes with the events in this time, unless it is much. */
    private static final Duration COMES_ALONE = Duration.ofSeconds(3);

    private static final int MUCH = 50;

    /** Failures of one definition, while the journal answers, after which nobody waits for it. */
    private static final int TRIES = 3;

    /** Longer than asking for a state and recording it may take. */
    private static final Duration MENDING_AT_MOST = Duration.ofSeconds(20);

    /** Has a definition of this region take what another region has. */
    interface Mending {
        CompletionStage<RuleActor.Mended> mend(String entity, DefinitionState theirs, String from);
    }

    private static final Duration ASK = Duration.ofSeconds(5);

    /** Time between two comparisons with a region of which much is still to come. */
    private static final Duration BEHIND_EVERY = Duration.ofSeconds(1);

    /**
     * @param knowledge told what this node lacks since its start
     * @param journal whether the journal answers now
     */
    static Behavior<Command> create(
            RegionId self,
            Set<RegionId> regions,
            DefinitionDigests digests,
            Mending mending,
            CatchUpStatus knowledge,
            Supplier<CompletionStage<Boolean>> journal,
            DefinitionSettings settings,
            DefinitionMeters meters) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new DigestExchange(
                context, timers, self, regions, digests, mending, knowledge, journal, settings, meters)));
    }

    private final DefinitionDigests digests;
    private final Mending mending;
    private final DefinitionSettings settings;
    private final DefinitionMeters meters;
    private final Map<String, ActorRef<Command>> peers = new HashMap<>();
    private final Map<String, ReplicationLag> lagging = new HashMap<>();
    private final Map<String, Long> behindAtNanos = new HashMap<>();
    private final CatchUpStatus knowledge;
    private final Supplier<CompletionStage<Boolean>> journal;
    private final Map<String, Starting> starting = new HashMap<>();
    private final Map<String, Integer> nextBucket = new HashMap<>();
    private final Map<String, Long> mendingSince = new HashMap<>();
    private final CongestionWindow window = new CongestionWindow(2, MENDED_AT_FIRST, MENDED_AT_ONCE);
    private final UnreadableDefinitions suspects = new UnreadableDefinitions(TRIES);
    private int mendedWell = 0;

    /** A first comparison under way. */
    private static final class Starting {
        long heardNanos = System.nanoTime();
        final Deque<Integer> different = new ArrayDeque<>();
        final Map<String, DefinitionDigest> lacking = new HashMap<>();
    }

    private DigestExchange(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            RegionId self,
            Set<RegionId> regions,
            DefinitionDigests digests,
            Mending mending,
            CatchUpStatus knowledge,
            Supplier<CompletionStage<Boolean>> journal,
            DefinitionSettings settings,
            DefinitionMeters meters) {
        super(context);
        context.setLoggerName(DigestExchange.class);
        this.digests = digests;
        this.mending = mending;
        this.knowledge = knowledge;
        this.journal = journal;
        this.settings = settings;
        this.meters = meters;
        ActorRef<Receptionist.Command> receptionist = context.getSystem().receptionist();
        receptionist.tell(Receptionist.register(key(self.value()), context.getSelf()));
        for (RegionId region : regions) {
            if (!region.equals(self)) {
                ActorRef<Receptionist.Listing> listings = context.spawnAnonymous(Behaviors.receiveMessage(listing -> {
                    context.getSelf().tell(new Found(region.value(), listing));
                    return Behaviors.same();
                }));
                receptionist.tell(Receptionist.subscribe(key(region.value()), listings));
            }
        }
        timers.startTimerWithFixedDelay(Compare.INSTANCE, settings.digestEvery());
        timers.startTimerWithFixedDelay(LookNow.INSTANCE, LOOK_EVERY);
    }

    private static ServiceKey<Command> key(String region) {
        return ServiceKey.create(Command.class, "digest-exchange-" + region);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(AskBuckets.class, this::onAskBuckets)
                .onMessage(AskEntries.class, this::onAskEntries)
                .onMessage(Found.class, this::onFound)
                .onMessageEquals(Compare.INSTANCE, this::onCompare)
                .onMessageEquals(LookNow.INSTANCE, this::onLookNow)
                .onMessage(Judged.class, this::onJudged)
                .onMessage(Behind.class, this::onBehind)
                .onMessage(BucketsHeard.class, this::onBucketsHeard)
                .onMessage(EntriesHeard.class, this::onEntriesHeard)
                .onMessage(AskStates.class, this::onAskStates)
                .onMessage(StatesHeard.class, this::onStatesHeard)
                .onMessage(MendedHere.class, this::onMendedHere)
                .build();
    }

    private Behavior<Command> onAskBuckets(AskBuckets ask) {
        ask.replyTo().tell(new Buckets(digests.buckets()));
        return this;
    }

    private Behavior<Command> onAskEntries(AskEntries ask) {
        ask.replyTo().tell(new Entries(digests.entries(ask.buckets())));
        return this;
    }

    private Behavior<Command> onAskStates(AskStates ask) {
        ask.replyTo().tell(new States(digests.states(ask.entities())));
        return this;
    }

    private Behavior<Command> onFound(Found found) {
        List<ActorRef<Command>> there = new ArrayList<>(found.listing().getServiceInstances(key(found.region())));
        if (there.isEmpty()) {
            peers.remove(found.region());
        } else {
            there.sort(null);
            peers.put(found.region(), there.get(0));
            begin(found.region(), there.get(0));
        }
        return this;
    }

    private void begin(String region, ActorRef<Command> peer) {
        Starting under = starting.get(region);
        boolean late = under != null && System.nanoTime() - under.heardNanos > START_AT_MOST.toNanos();
        if (!knowledge.hasTold(region) && (under == null || late)) {
            Starting begun = new Starting();
            starting.put(region, begun);
            compare(region, peer, Why.START, begun);
        }
    }

    private Behavior<Command> onLookNow() {
        knowledge.look();
        peers.forEach((region, peer) -> {
            begin(region, peer);
            takeLacking(region);
        });
        return this;
    }

    private void takeLacking(String region) {
        List<String> lacking = knowledge.lacking(region, Duration.ZERO);
        if (lacking.size() <= MUCH) {
            lacking = knowledge.lacking(region, COMES_ALONE);
        }
        mend(region, Why.START, lacking);
    }

    private Behavior<Command> onCompare() {
        peers.forEach((region, peer) -> compare(region, peer, Why.TIME, null));
        return this;
    }

    private Behavior<Command> onBehind(Behind behind) {
        long now = System.nanoTime();
        Long last = behindAtNanos.get(behind.region());
        ActorRef<Command> peer = peers.get(behind.region());
        if (peer != null && (last == null || now - last >= BEHIND_EVERY.toNanos())) {
            behindAtNanos.put(behind.region(), now);
            compare(behind.region(), peer, Why.BEHIND, null);
        }
        return this;
    }

    private void compare(String region, ActorRef<Command> peer, Why why, @Nullable Starting start) {
        getContext()
                .ask(
                        Buckets.class,
                        peer,
                        ASK,
                        (ActorRef<Buckets> replyTo) -> new AskBuckets(replyTo),
                        (buckets, failure) -> new BucketsHeard(region, why, start, buckets));
    }

    private Behavior<Command> onBucketsHeard(BucketsHeard heard) {
        if (heard.buckets() == null) {
            return this;
        }
        List<Long> ours = digests.buckets();
        List<Long> theirs = heard.buckets().hashes();
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < DefinitionDigests.BUCKETS; i++) {
            if (i >= theirs.size() || ours.get(i).longValue() != theirs.get(i)) {
                all.add(i);
            }
        }
        ActorRef<Command> peer = peers.get(heard.region());
        Starting start = heard.start();
        if (start != null) {
            if (isUnderWay(heard.region(), start) && peer != null) {
                start.different.addAll(all);
                goOn(heard.region(), peer, start);
            }
            return this;
        }
        List<Integer> different = some(heard.region(), all);
        if (all.isEmpty()) {
            meters.alarms().mended(Alarms.Kind.LOST_TAIL, heard.region());
        }
        if (different.isEmpty() || peer == null) {
            return compared(heard.region(), heard.why(), Map.of(), Map.of());
        }
        getContext()
                .ask(
                        Entries.class,
                        peer,
                        ASK,
                        (ActorRef<Entries> replyTo) -> new AskEntries(different, replyTo),
                        (entries, failure) -> new EntriesHeard(heard.region(), heard.why(), null, different, entries));
        return this;
    }

    /** Those that differ in turn: some that cannot be mended must not keep the others from being compared. */
    private List<Integer> some(String region, List<Integer> different) {
        int from = nextBucket.getOrDefault(region, 0);
        List<Integer> inTurn = new ArrayList<>(different);
        inTurn.sort(Comparator.comparingInt(bucket -> Math.floorMod(bucket - from, DefinitionDigests.BUCKETS)));
        List<Integer> some = List.copyOf(inTurn.subList(0, Math.min(BUCKETS_AT_ONCE, inTurn.size())));
        if (!some.isEmpty()) {
            nextBucket.put(region, some.get(some.size() - 1) + 1);
        }
        return some;
    }

    /** What comes late may belong to one that was begun before, of which nobody waits for the end. */
    private boolean isUnderWay(String region, Starting start) {
        start.heardNanos = System.nanoTime();
        return starting.get(region) == start;
    }

    /** Asks for the next entries of a first comparison, or ends it. */
    private void goOn(String region, ActorRef<Command> peer, Starting start) {
        List<Integer> next = new ArrayList<>();
        while (next.size() < BUCKETS_AT_ONCE && !start.different.isEmpty()) {
            next.add(start.different.removeFirst());
        }
        if (next.isEmpty()) {
            starting.remove(region);
            getContext()
                    .getLog()
                    .info("definitions missing here that region [{}] has [{}]", region, start.lacking.size());
            knowledge.told(region, start.lacking);
            takeLacking(region);
            return;
        }
        getContext()
                .ask(
                        Entries.class,
                        peer,
                        ASK,
                        (ActorRef<Entries> replyTo) -> new AskEntries(next, replyTo),
                        (entries, failure) -> new EntriesHeard(region, Why.START, start, next, entries));
    }

    private Behavior<Command> onEntriesHeard(EntriesHeard heard) {
        if (heard.entries() == null) {
            return this;
        }
        Map<String, DefinitionDigest> ours = digests.entries(heard.asked());
        Map<String, DefinitionDigest> theirs = heard.entries().entries();
        Starting start = heard.start();
        if (start != null) {
            ActorRef<Command> peer = peers.get(heard.region());
            if (isUnderWay(heard.region(), start) && peer != null) {
                theirs.forEach((entity, digest) -> {
                    if (!ours.getOrDefault(entity, DefinitionDigest.NOTHING).covers(digest)) {
                        start.lacking.put(entity, digest);
                    }
                });
                goOn(heard.region(), peer, start);
            }
            return this;
        }
        return compared(heard.region(), heard.why(), ours, theirs);
    }

    private Behavior<Command> compared(
            String region, Why why, Map<String, DefinitionDigest> ours, Map<String, DefinitionDigest> theirs) {
        if (why == Why.BEHIND) {
            List<String> lacking = new ArrayList<>();
            theirs.forEach((entity, digest) -> {
                if (!ours.getOrDefault(entity, DefinitionDigest.NOTHING).covers(digest)) {
                    lacking.add(entity);
                }
            });
            mend(region, why, lacking);
            return this;
        }
        ReplicationLag followed = lagging.computeIfAbsent(region, name -> new ReplicationLag());
        long now = System.nanoTime();
        Set<String> different = followed.compared(ours, theirs, now);
        List<String> lasting = followed.lasting(settings.differentFor(), now);
        mend(region, why, followed.lasting(settings.digestEvery().dividedBy(2), now));
        meters.different(region, different.size());
        meters.alarms()
                .set(
                        Alarms.Kind.DIGEST,
                        region,
                        lasting.isEmpty()
                                ? null
                                : "definitions have differed from those in this region for longer than replication takes");
        if (!lasting.isEmpty()) {
            getContext()
                    .getLog()
                    .error(
                            "definitions lack changes that region [{}] has: [{}], such as [{}]",
                            region,
                            lasting.size(),
                            lasting.get(0));
        }
        return this;
    }

    /** What was lacking at the last comparison already is on no way: its state is asked for. */
    private void mend(String region, Why why, List<String> lacking) {
        ActorRef<Command> peer = peers.get(region);
        if (lacking.isEmpty() || peer == null) {
            return;
        }
        long now = System.nanoTime();
        mendingSince.values().removeIf(since -> now - since > MENDING_AT_MOST.toNanos());
        List<String> some = lacking.stream()
                .filter(entity -> !mendingSince.containsKey(entity))
                .limit(Math.max(0, window.size() - mendingSince.size()))
                .toList();
        if (some.isEmpty()) {
            return;
        }
        some.forEach(entity -> mendingSince.put(entity, now));
        getContext()
                .ask(
                        States.class,
                        peer,
                        ASK,
                        (ActorRef<States> replyTo) -> new AskStates(some, replyTo),
                        (states, failure) -> new StatesHeard(region, why, some, states));
    }

    private Behavior<Command> onStatesHeard(StatesHeard heard) {
        Map<String, DefinitionState> states =
                heard.states() == null ? Map.of() : heard.states().states();
        // What did not fit into the answer is asked for again.
        heard.asked().stream().filter(entity -> !states.containsKey(entity)).forEach(mendingSince::remove);
        states.forEach((entity, state) -> getContext()
                .pipeToSelf(
                        mending.mend(entity, state, heard.region()),
                        (mended, failure) -> new MendedHere(heard.region(), heard.why(), entity, mended)));
        return this;
    }

    private Behavior<Command> onJudged(Judged judged) {
        if (judged.journalAnswers() && suspects.failed(judged.entity(), mendedWell, System.nanoTime())) {
            knowledge.giveUp(judged.entity());
        }
        return this;
    }

    private Behavior<Command> onMendedHere(MendedHere here) {
        RuleActor.Mended mended = here.mended();
        Long since = mendingSince.remove(here.entity());
        if (mended == null) {
            window.late(since == null ? System.nanoTime() : since, System.nanoTime());
            getContext()
                    .pipeToSelf(
                            journal.get(),
                            (answers, failure) ->
                                    new Judged(here.entity(), failure == null && Boolean.TRUE.equals(answers)));
        } else {
            mendedWell++;
            window.done();
            suspects.read(here.entity());
            knowledge.look(here.entity());
            if (here.why() == Why.START && mendingSince.size() <= window.size() / 2) {
                takeLacking(here.region());
            }
        }
        if (here.why() == Why.TIME && mended != null && mended.changes() > 0) {
            meters.mended(here.region(), mended.changes());
            getContext()
                    .getLog()
                    .warn(
                            "definition [{}] was missing changes [{}] of region [{}], now repaired",
                            here.entity(),
                            mended.changes(),
                            here.region());
        }
        return this;
    }
}
