package dev.windrose.live.rule;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.eventstream.EventStream;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.ReplicatedEntityProvider;
import akka.cluster.sharding.typed.ReplicatedSharding;
import akka.cluster.sharding.typed.ReplicatedShardingExtension;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.ClusterSingletonSettings;
import akka.cluster.typed.SingletonActor;
import akka.persistence.typed.PublishedEvent;
import akka.persistence.typed.ReplicaId;
import akka.persistence.typed.ReplicationId;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.live.journal.Database;
import dev.windrose.live.journal.JournalIndex;
import dev.windrose.live.journal.JournalServer;
import dev.windrose.live.journal.RegionInbox;
import dev.windrose.live.journal.ReplicatedEvents;
import dev.windrose.live.journal.SourceInbox;
import dev.windrose.live.journal.StoredEvent;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.RegionId;
import dev.windrose.watch.RuleMeters;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Everything about definitions that runs in the control plane of one node: their actors, the board, the exchange with
 * other regions.
 */
public final class RulePlane {

    private static final Duration RESTART_FIRST = Duration.ofMillis(500);
    private static final Duration RESTART_AT_MOST = Duration.ofSeconds(10);

    private final ReplicatedSharding<RuleActor.Command> sharding;
    private final ReplicaId self;
    private final ReplicatedEvents events;
    private final RuleSettings settings;
    private final RuleActor.Clock clock;
    private final RuleMeters meters;
    private final Consumer<Map<DefinitionKey, RuleState>> heard;

    /**
     * Brings the tables up to date and starts everything. Blocks while it reads the journal's index.
     *
     * @param regions all regions, this one included
     * @param heard is told definitions, new or not, on any thread
     * @param current is called about once a second while everything that the journal holds was told
     * @throws RuntimeException when the database does not answer
     */
    public static RulePlane start(
            ActorSystem<?> control,
            RegionId self,
            Set<RegionId> regions,
            RuleSettings settings,
            Database database,
            HealthCheck defaults,
            RuleActor.Clock clock,
            Consumer<Map<DefinitionKey, RuleState>> heard,
            Runnable current,
            RuleMeters meters) {
        database.migrate();
        Set<String> entities = JournalIndex.entities(database);
        Digests digests = new Digests();
        MergeWatch merges = new MergeWatch(defaults, clock::epochMs, meters);
        ActorRef<RuleBoard.Command> board = control.systemActorOf(
                supervised(RuleBoard.create(
                        self,
                        states -> {
                            heard.accept(states);
                            merges.heard(states);
                        },
                        () -> {
                            current.run();
                            merges.alarm();
                        },
                        digests)),
                "rule-board",
                Props.empty());
        RulePlane plane = new RulePlane(control, self, regions, settings, defaults, clock, board, heard, meters);
        ActorRef<DigestExchange.Command> exchange = control.systemActorOf(
                DigestExchange.create(self, regions, digests, plane::mend, settings, meters),
                "digest-exchange",
                Props.empty());
        plane.startExchange(
                control, self, regions, database, region -> exchange.tell(new DigestExchange.Behind(region)));
        control.systemActorOf(
                Waker.create(entities, plane::wake, board, aside -> meters.aside(aside.size())),
                "waker",
                Props.empty());
        return plane;
    }

    private RulePlane(
            ActorSystem<?> control,
            RegionId self,
            Set<RegionId> regions,
            RuleSettings settings,
            HealthCheck defaults,
            RuleActor.Clock clock,
            ActorRef<RuleBoard.Command> board,
            Consumer<Map<DefinitionKey, RuleState>> heard,
            RuleMeters meters) {
        this.self = new ReplicaId(self.value());
        this.settings = settings;
        this.clock = clock;
        this.events = new ReplicatedEvents(control);
        this.meters = meters;
        this.heard = heard;
        Set<ReplicaId> replicas = new HashSet<>();
        regions.forEach(region -> replicas.add(new ReplicaId(region.value())));
        this.sharding = ReplicatedShardingExtension.get(control)
                .init(ReplicatedEntityProvider.createPerDataCenter(
                                RuleActor.Command.class,
                                RuleActor.TYPE,
                                replicas,
                                (ReplicationId id) -> RuleActor.create(
                                        id,
                                        replicas,
                                        defaults,
                                        settings.snapshotEvery(),
                                        clock,
                                        (key, state) -> board.tell(new RuleBoard.Heard(key, state))))
                        .withDirectReplication(false));
    }

    private void startExchange(
            ActorSystem<?> control, RegionId self, Set<RegionId> regions, Database database, Consumer<String> behind) {
        ClusterSingleton singletons = ClusterSingleton.get(control);
        Map<String, ActorRef<JournalServer.Command>> servers = new HashMap<>();
        for (RegionId region : regions) {
            // In the own region this starts the server; for the others it gives a proxy.
            servers.put(
                    region.value(),
                    singletons.init(SingletonActor.of(
                                    supervised(JournalServer.create(
                                            self.value(), database, events, database.settings(), meters)),
                                    "journal-server-" + region)
                            .withSettings(
                                    ClusterSingletonSettings.create(control).withDataCenter(region.value()))));
        }
        ActorRef<JournalServer.Command> own = servers.remove(self.value());
        if (own != null) {
            control.systemActorOf(nudger(own), "journal-nudger", Props.empty());
        }
        SourceInbox.Delivery delivery = this::deliver;
        singletons.init(SingletonActor.of(
                        supervised(RegionInbox.create(
                                self.value(), servers, database, delivery, behind, database.settings(), meters)),
                        "region-inbox-" + self)
                .withSettings(ClusterSingletonSettings.create(control).withDataCenter(self.value())));
    }

    /** Tells the region's journal server of every event that this node writes. */
    private static Behavior<PublishedEvent> nudger(ActorRef<JournalServer.Command> server) {
        return Behaviors.setup(context -> {
            context.getSystem()
                    .eventStream()
                    .tell(new EventStream.Subscribe<>(PublishedEvent.class, context.getSelf()));
            return Behaviors.receiveMessage(written -> {
                server.tell(JournalServer.Nudge.INSTANCE);
                return Behaviors.same();
            });
        });
    }

    private static <T> Behavior<T> supervised(Behavior<T> behavior) {
        return Behaviors.supervise(behavior)
                .onFailure(SupervisorStrategy.restartWithBackoff(RESTART_FIRST, RESTART_AT_MOST, 0.2));
    }

    private EntityRef<RuleActor.Command> entity(String entity) {
        return Objects.requireNonNull(sharding.getEntityRefsFor(entity).get(self));
    }

    private CompletionStage<RuleActor.Awake> wake(String entity) {
        return entity(entity).ask(RuleActor.Wake::new, settings.wakeTimeout());
    }

    private CompletionStage<RuleActor.Mended> mend(String entity, RuleState theirs, String from) {
        return entity(entity)
                .ask(
                        replyTo -> new RuleActor.Mend(
                                theirs, "windrose@" + self.id(), "lacked what region " + from + " has", replyTo),
                        settings.editTimeout());
    }

    /** Takes an event of another region to its definition, which takes it in a form of Akka's own. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private CompletionStage<Done> deliver(StoredEvent event, Duration atMost) {
        try {
            EntityRef<Object> entity = (EntityRef) entity(ReplicatedEvents.entity(event));
            return entity.<Done>ask(replyTo -> events.delivery(event, replyTo), atMost);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Where edits are handed in. */
    public RuleGateway gateway() {
        return new EditGateway(
                (entity, asked, atMost) -> entity(entity).ask(asked::apply, atMost), settings, clock, heard, meters);
    }
}
