package dev.windrose.live.rule;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import dev.windrose.decide.rule.Digest;
import dev.windrose.decide.rule.Lagging;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.RegionId;
import dev.windrose.watch.Alarms;
import dev.windrose.watch.RuleMeters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
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

    record States(Map<String, RuleState> states) implements WireMessage {}

    record Buckets(List<Long> hashes) implements WireMessage {}

    record Entries(Map<String, Digest> entries) implements WireMessage {}

    private record Found(String region, Receptionist.Listing listing) implements Command {}

    /** Many events of that region are still to come. */
    record Behind(String region) implements Command {}

    /** Why a comparison is made. */
    private enum Why {
        /** It was time. What lacks may be on its way, and is left alone for one more comparison. */
        TIME,
        /** What lacks will come late: it is taken at once. */
        BEHIND
    }

    private record BucketsHeard(
            String region, Why why, @Nullable Buckets buckets) implements Command {}

    private record EntriesHeard(
            String region,
            Why why,
            List<Integer> asked,
            @Nullable Entries entries) implements Command {}

    private record StatesHeard(
            String region, Why why, @Nullable States states) implements Command {}

    private record MendedHere(String region, Why why, String entity, RuleActor.@Nullable Mended mended)
            implements Command {}

    private enum Compare implements Command {
        INSTANCE
    }

    /** Keeps an answer within one frame: about 40 definitions of half a kilobyte each, even when there are 10,000. */
    private static final int BUCKETS_AT_ONCE = 4;

    /** Definitions that are mended at once; the others follow at the next comparisons. */
    private static final int MENDED_AT_ONCE = 64;

    /** Has a definition of this region take what another region has. */
    interface Mending {
        CompletionStage<RuleActor.Mended> mend(String entity, RuleState theirs, String from);
    }

    private static final Duration ASK = Duration.ofSeconds(5);

    /** Time between two comparisons with a region of which much is still to come. */
    private static final Duration BEHIND_EVERY = Duration.ofSeconds(1);

    static Behavior<Command> create(
            RegionId self,
            Set<RegionId> regions,
            Digests digests,
            Mending mending,
            RuleSettings settings,
            RuleMeters meters) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new DigestExchange(context, timers, self, regions, digests, mending, settings, meters)));
    }

    private final Digests digests;
    private final Mending mending;
    private final RuleSettings settings;
    private final RuleMeters meters;
    private final Map<String, ActorRef<Command>> peers = new HashMap<>();
    private final Map<String, Lagging> lagging = new HashMap<>();
    private final Map<String, Long> behindAtNanos = new HashMap<>();

    private DigestExchange(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            RegionId self,
            Set<RegionId> regions,
            Digests digests,
            Mending mending,
            RuleSettings settings,
            RuleMeters meters) {
        super(context);
        context.setLoggerName(DigestExchange.class);
        this.digests = digests;
        this.mending = mending;
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
        }
        return this;
    }

    private Behavior<Command> onCompare() {
        peers.forEach((region, peer) -> compare(region, peer, Why.TIME));
        return this;
    }

    private Behavior<Command> onBehind(Behind behind) {
        long now = System.nanoTime();
        Long last = behindAtNanos.get(behind.region());
        ActorRef<Command> peer = peers.get(behind.region());
        if (peer != null && (last == null || now - last >= BEHIND_EVERY.toNanos())) {
            behindAtNanos.put(behind.region(), now);
            compare(behind.region(), peer, Why.BEHIND);
        }
        return this;
    }

    private void compare(String region, ActorRef<Command> peer, Why why) {
        getContext()
                .ask(
                        Buckets.class,
                        peer,
                        ASK,
                        (ActorRef<Buckets> replyTo) -> new AskBuckets(replyTo),
                        (buckets, failure) -> new BucketsHeard(region, why, buckets));
    }

    private Behavior<Command> onBucketsHeard(BucketsHeard heard) {
        if (heard.buckets() == null) {
            return this;
        }
        List<Long> ours = digests.buckets();
        List<Long> theirs = heard.buckets().hashes();
        List<Integer> different = new ArrayList<>();
        for (int i = 0; i < Digests.BUCKETS && different.size() < BUCKETS_AT_ONCE; i++) {
            if (i >= theirs.size() || ours.get(i).longValue() != theirs.get(i)) {
                different.add(i);
            }
        }
        ActorRef<Command> peer = peers.get(heard.region());
        if (different.isEmpty() || peer == null) {
            return compared(heard.region(), heard.why(), Map.of(), Map.of());
        }
        getContext()
                .ask(
                        Entries.class,
                        peer,
                        ASK,
                        (ActorRef<Entries> replyTo) -> new AskEntries(different, replyTo),
                        (entries, failure) -> new EntriesHeard(heard.region(), heard.why(), different, entries));
        return this;
    }

    private Behavior<Command> onEntriesHeard(EntriesHeard heard) {
        if (heard.entries() == null) {
            return this;
        }
        Map<String, Digest> ours = digests.entries(heard.asked());
        Map<String, Digest> theirs = heard.entries().entries();
        return compared(heard.region(), heard.why(), ours, theirs);
    }

    private Behavior<Command> compared(String region, Why why, Map<String, Digest> ours, Map<String, Digest> theirs) {
        if (why == Why.BEHIND) {
            List<String> lacking = new ArrayList<>();
            theirs.forEach((entity, digest) -> {
                if (!ours.getOrDefault(entity, Digest.NOTHING).covers(digest)) {
                    lacking.add(entity);
                }
            });
            mend(region, why, lacking);
            return this;
        }
        Lagging followed = lagging.computeIfAbsent(region, name -> new Lagging());
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
                                : "definitions differ from those in this region for longer than replication takes");
        if (!lasting.isEmpty()) {
            getContext()
                    .getLog()
                    .error(
                            "definitions lack what region [{}] has: [{}], such as [{}]",
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
        List<String> some = lacking.stream().limit(MENDED_AT_ONCE).toList();
        getContext()
                .ask(
                        States.class,
                        peer,
                        ASK,
                        (ActorRef<States> replyTo) -> new AskStates(some, replyTo),
                        (states, failure) -> new StatesHeard(region, why, states));
    }

    private Behavior<Command> onStatesHeard(StatesHeard heard) {
        if (heard.states() != null) {
            heard.states()
                    .states()
                    .forEach((entity, state) -> getContext()
                            .pipeToSelf(
                                    mending.mend(entity, state, heard.region()),
                                    (mended, failure) -> new MendedHere(heard.region(), heard.why(), entity, mended)));
        }
        return this;
    }

    private Behavior<Command> onMendedHere(MendedHere here) {
        RuleActor.Mended mended = here.mended();
        if (here.why() == Why.TIME && mended != null && mended.changes() > 0) {
            meters.mended(here.region(), mended.changes());
            getContext()
                    .getLog()
                    .warn(
                            "definition [{}] lacked changes [{}] that region [{}] has, and has them now",
                            here.entity(),
                            mended.changes(),
                            here.region());
        }
        return this;
    }
}
