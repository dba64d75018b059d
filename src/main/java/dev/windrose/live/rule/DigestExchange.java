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
import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.RegionId;
import dev.windrose.watch.RuleMeters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares the definitions of this region with those of every other region, from time to time and without being asked.
 *
 * <p>States that differ while changes travel are normal; one that goes on lacking what another region has raises an alarm.
 * It repairs nothing.
 */
final class DigestExchange extends AbstractBehavior<DigestExchange.Command> {

    sealed interface Command {}

    /** Asks for one number for each bucket of definitions. */
    record AskBuckets(ActorRef<Buckets> replyTo) implements Command, WireMessage {}

    /** Asks for the definitions of some buckets. */
    record AskEntries(List<Integer> buckets, ActorRef<Entries> replyTo) implements Command, WireMessage {}

    record Buckets(List<Long> hashes) implements WireMessage {}

    record Entries(Map<String, Digest> entries) implements WireMessage {}

    private record Found(String region, Receptionist.Listing listing) implements Command {}

    private record BucketsHeard(String region, @Nullable Buckets buckets) implements Command {}

    private record EntriesHeard(
            String region, List<Integer> asked, @Nullable Entries entries) implements Command {}

    private enum Compare implements Command {
        INSTANCE
    }

    /** Keeps an answer within one frame: about 40 definitions of half a kilobyte each, even when there are 10,000. */
    private static final int BUCKETS_AT_ONCE = 4;

    private static final Duration ASK = Duration.ofSeconds(5);

    static Behavior<Command> create(
            RegionId self, Set<RegionId> regions, Digests digests, RuleSettings settings, RuleMeters meters) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new DigestExchange(context, timers, self, regions, digests, settings, meters)));
    }

    private final Digests digests;
    private final RuleSettings settings;
    private final RuleMeters meters;
    private final Map<String, ActorRef<Command>> peers = new HashMap<>();
    private final Map<String, Lagging> lagging = new HashMap<>();

    private DigestExchange(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            RegionId self,
            Set<RegionId> regions,
            Digests digests,
            RuleSettings settings,
            RuleMeters meters) {
        super(context);
        this.digests = digests;
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
                .onMessage(BucketsHeard.class, this::onBucketsHeard)
                .onMessage(EntriesHeard.class, this::onEntriesHeard)
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
        peers.forEach((region, peer) -> getContext()
                .ask(
                        Buckets.class,
                        peer,
                        ASK,
                        (ActorRef<Buckets> replyTo) -> new AskBuckets(replyTo),
                        (buckets, failure) -> new BucketsHeard(region, buckets)));
        return this;
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
            return compared(heard.region(), Map.of(), Map.of());
        }
        getContext()
                .ask(
                        Entries.class,
                        peer,
                        ASK,
                        (ActorRef<Entries> replyTo) -> new AskEntries(different, replyTo),
                        (entries, failure) -> new EntriesHeard(heard.region(), different, entries));
        return this;
    }

    private Behavior<Command> onEntriesHeard(EntriesHeard heard) {
        if (heard.entries() == null) {
            return this;
        }
        Map<String, Digest> ours = digests.entries(heard.asked());
        Map<String, Digest> theirs = heard.entries().entries();
        return compared(heard.region(), ours, theirs);
    }

    private Behavior<Command> compared(String region, Map<String, Digest> ours, Map<String, Digest> theirs) {
        Lagging followed = lagging.computeIfAbsent(region, name -> new Lagging());
        long now = System.nanoTime();
        Set<String> different = followed.compared(ours, theirs, now);
        List<String> lasting = followed.lasting(settings.differentFor(), now);
        meters.different(region, different.size());
        meters.alarm(region, RuleMeters.Alarm.DIGEST, !lasting.isEmpty());
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
}
