package dev.windrose.live.definition;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Props;
import akka.actor.typed.eventstream.EventStream;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.sharding.typed.ReplicatedEntityProvider;
import akka.cluster.sharding.typed.ReplicatedSharding;
import akka.cluster.sharding.typed.ReplicatedShardingExtension;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.ClusterSingletonSettings;
import akka.cluster.typed.SelfUp;
import akka.cluster.typed.SingletonActor;
import akka.cluster.typed.Subscribe;
import akka.persistence.typed.PublishedEvent;
import akka.persistence.typed.ReplicaId;
import akka.persistence.typed.ReplicationId;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.live.journal.Database;
import dev.windrose.live.journal.JournalIndex;
import dev.windrose.live.journal.JournalServer;
import dev.windrose.live.journal.RegionInbox;
import dev.windrose.live.journal.ReplicatedEvents;
import dev.windrose.live.journal.SourceInbox;
import dev.windrose.live.journal.StoredEvent;
import dev.windrose.live.supervision.Supervision;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.RegionId;
import dev.windrose.watch.DefinitionMeters;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The definition-related components in the control plane of one node: their actors, the board, the exchange with other
 * regions.
 */
public final class DefinitionPlane {

    /** A journal that takes longer for the simplest query is late. */
    private static final Duration ANSWERS_AT_MOST = Duration.ofSeconds(2);

    private static final AtomicLong WAKERS = new AtomicLong();

    private final ReplicatedSharding<RuleActor.Command> sharding;
    private final ReplicaId self;
    private final ReplicatedEvents events;
    private final DefinitionSettings settings;
    private final CatchUpStatus knowledge;
    private final RuleActor.Clock clock;
    private final DefinitionMeters meters;
    private final Consumer<Map<DefinitionKey, DefinitionState>> heard;

    /**
     * Migrates the tables and starts everything. Blocks while it reads the journal's index.
     *
     * @param regions all regions, this one included
     * @param heard receives definitions, changed or not, on any thread
     * @param current is called about once a second once everything in the journal was delivered, and everything that
     *     the other regions had when this node first heard from them
     * @param parts supervises the actors
     * @throws RuntimeException when the database does not answer
     */
    public static DefinitionPlane start(
            ActorSystem<?> control,
            RegionId self,
            Set<RegionId> regions,
            DefinitionSettings settings,
            Database database,
            HealthCheck defaults,
            RuleActor.Clock clock,
            Consumer<Map<DefinitionKey, DefinitionState>> heard,
            Runnable current,
            Supervision parts,
            DefinitionMeters meters) {
        database.migrate();
        Set<String> entities = JournalIndex.entities(database);
        DefinitionDigests digests = new DefinitionDigests();
        MergeWatch merges = new MergeWatch(defaults, clock::epochMs, meters);
        Cluster cluster = Cluster.get(control);
        Set<String> others = new HashSet<>();
        regions.forEach(region -> others.add(region.value()));
        others.remove(self.value());
        CatchUpStatus knowledge = new CatchUpStatus(
                entities,
                others,
                digests,
                () -> cluster.selfMember().status().equals(MemberStatus.up()),
                () -> present(cluster));
        ActorRef<DefinitionBoard.Command> board = control.systemActorOf(
                DefinitionBoard.create(
                        self,
                        states -> {
                            heard.accept(states);
                            merges.heard(states);
                        },
                        () -> {
                            merges.alarm();
                            if (knowledge.missing() == null) {
                                current.run();
                            }
                        },
                        digests,
                        parts),
                "rule-board",
                Props.empty());
        DefinitionPlane plane = new DefinitionPlane(
                control,
                self,
                regions,
                settings,
                defaults,
                clock,
                (key, told) -> {
                    DefinitionState state = told.withoutRequests();
                    // Before the board, which may be unavailable: this node's table gets what its own actors know.
                    digests.heard(key.entityId(), state);
                    heard.accept(Map.of(key, state));
                    board.tell(new DefinitionBoard.Heard(key.entityId()));
                },
                heard,
                knowledge,
                meters);
        Executor blocking = control.dispatchers().lookup(DispatcherSelector.blocking());
        Supplier<CompletionStage<Boolean>> journal = () -> answers(database, blocking);
        ActorRef<DigestExchange.Command> exchange = control.systemActorOf(
                parts.lasting(
                        "digest-exchange",
                        DigestExchange.create(
                                self, regions, digests, plane::mend, knowledge, journal, settings, meters)),
                "digest-exchange",
                Props.empty());
        plane.startExchange(
                control, self, regions, database, region -> exchange.tell(new DigestExchange.Behind(region)), parts);
        control.systemActorOf(
                parts.lastingHere(
                        "waker",
                        JournalWarmUp.create(
                                entities,
                                waker -> whenUp(control, waker),
                                plane::wake,
                                journal,
                                new JournalWarmUp.Progress() {
                                    @Override
                                    public void aside(Set<String> definitions) {
                                        meters.aside(definitions.size());
                                        knowledge.aside(definitions);
                                    }

                                    @Override
                                    public void allAwake() {
                                        knowledge.allAwake();
                                    }
                                })),
                "waker",
                Props.empty());
        return plane;
    }

    /** The regions that have members in the cluster. */
    private static Set<String> present(Cluster cluster) {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .map(Member::dataCenter)
                .collect(Collectors.toSet());
    }

    private static CompletionStage<Boolean> answers(Database database, Executor blocking) {
        return CompletableFuture.supplyAsync(database::answers, blocking)
                .completeOnTimeout(false, ANSWERS_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void whenUp(ActorSystem<?> control, ActorRef<JournalWarmUp.Command> waker) {
        control.systemActorOf(
                Behaviors.<SelfUp>setup(context -> {
                    Cluster.get(control).subscriptions().tell(Subscribe.create(context.getSelf(), SelfUp.class));
                    return Behaviors.receiveMessage(up -> {
                        waker.tell(JournalWarmUp.Begin.INSTANCE);
                        return Behaviors.stopped();
                    });
                }),
                "waker-begins-" + WAKERS.incrementAndGet(),
                Props.empty());
    }

    /** The digests of the definitions on this node. */
    public CatchUpStatus knowledge() {
        return knowledge;
    }

    private DefinitionPlane(
            ActorSystem<?> control,
            RegionId self,
            Set<RegionId> regions,
            DefinitionSettings settings,
            HealthCheck defaults,
            RuleActor.Clock clock,
            BiConsumer<DefinitionKey, DefinitionState> news,
            Consumer<Map<DefinitionKey, DefinitionState>> heard,
            CatchUpStatus knowledge,
            DefinitionMeters meters) {
        this.knowledge = knowledge;
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
                                (ReplicationId id) ->
                                        RuleActor.create(id, replicas, defaults, settings.snapshotEvery(), clock, news))
                        .withDirectReplication(false));
    }

    private void startExchange(
            ActorSystem<?> control,
            RegionId self,
            Set<RegionId> regions,
            Database database,
            Consumer<String> behind,
            Supervision parts) {
        ClusterSingleton singletons = ClusterSingleton.get(control);
        Map<String, ActorRef<JournalServer.Command>> servers = new HashMap<>();
        for (RegionId region : regions) {
            // In the own region this starts the server; for the others it gives a proxy.
            servers.put(
                    region.value(),
                    singletons.init(SingletonActor.of(
                                    parts.lastingHere(
                                            "journal-server",
                                            JournalServer.create(
                                                    self.value(), database, events, database.settings(), meters)),
                                    "journal-server-" + region)
                            .withSettings(
                                    ClusterSingletonSettings.create(control).withDataCenter(region.value()))));
        }
        ActorRef<JournalServer.Command> own = servers.remove(self.value());
        if (own != null) {
            control.systemActorOf(parts.lasting("journal-nudger", nudger(own)), "journal-nudger", Props.empty());
        }
        SourceInbox.Delivery delivery = this::deliver;
        singletons.init(SingletonActor.of(
                        parts.lastingHere(
                                "region-inbox",
                                RegionInbox.create(
                                        self.value(),
                                        servers,
                                        database,
                                        delivery,
                                        behind,
                                        parts,
                                        database.settings(),
                                        meters)),
                        "region-inbox-" + self)
                .withSettings(ClusterSingletonSettings.create(control).withDataCenter(self.value())));
    }

    /** Notifies the region's journal server of every event that this node writes. */
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

    private EntityRef<RuleActor.Command> entity(String entity) {
        return Objects.requireNonNull(sharding.getEntityRefsFor(entity).get(self));
    }

    private CompletionStage<RuleActor.Awake> wake(String entity) {
        return entity(entity)
                .ask(RuleActor.Wake::new, settings.wakeTimeout())
                .thenApplyAsync(DefinitionPlane::read, Runnable::run);
    }

    private static RuleActor.Awake read(RuleActor.Awake awake) {
        if (awake == RuleActor.Awake.ENDED) {
            throw new IllegalStateException("it stopped before it was read");
        }
        return awake;
    }

    private CompletionStage<RuleActor.Mended> mend(String entity, DefinitionState theirs, String from) {
        return entity(entity)
                .ask(
                        replyTo -> new RuleActor.Mend(
                                theirs, "windrose@" + self.id(), "lacked what region " + from + " has", replyTo),
                        settings.editTimeout());
    }

    /** Delivers an event of another region to its definition, in Akka's own message format. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private CompletionStage<Done> deliver(StoredEvent event, Duration atMost) {
        try {
            EntityRef<Object> entity = (EntityRef) entity(ReplicatedEvents.entity(event));
            return entity.<Done>ask(replyTo -> events.delivery(event, replyTo), atMost);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The entry point for edits. */
    public DefinitionGateway gateway() {
        return new EditGateway(
                (entity, asked, atMost) -> entity(entity).ask(asked::apply, atMost), settings, clock, heard, meters);
    }
}
