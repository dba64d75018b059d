package dev.windrose.boot;

import akka.Done;
import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.setup.Setup;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.eventstream.EventStream;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.SelfRemoved;
import akka.cluster.typed.SelfUp;
import akka.cluster.typed.Subscribe;
import akka.remote.artery.ThisActorSystemQuarantinedEvent;
import akka.remote.artery.tcp.SSLEngineProviderSetup;
import com.typesafe.config.Config;
import dev.windrose.live.pool.PoolSetup;
import dev.windrose.live.tls.NodeTls;
import dev.windrose.live.tls.TlsFiles;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One control plane from start to end: its actor system, what runs in it, and its membership.
 *
 * <p>Order: actor system, what joins, parts (they open the journal); it joins when they are there. A part that cannot start ends the whole, and the
 * supervisor tries again.
 */
final class ControlSystem implements ControlPlane.Running {

    static final String NAME = "windrose-control";

    /** What runs in a control plane. All calls are made on a thread that may wait. */
    interface Parts {
        /** What the actor system is made with. Connects to nothing yet. */
        Setup setup();

        /** Puts what stands in front of the cluster port there, and says where Akka listens behind it. */
        default Config guarded(Config config) {
            return config;
        }

        /** What encrypts the exchange with other nodes; null when nothing does. */
        default @Nullable TlsFiles nodeTls() {
            return null;
        }

        /** The pool of what waits in it. */
        PoolSetup waiting();

        /** @throws RuntimeException when a part cannot start now, such as without its database */
        void start(ActorSystem<?> control);

        /** Begins to answer other nodes, and joins them once {@link #start} is through. Waits for nothing. */
        void join(ActorSystem<?> control);

        /** This node is an Up member. */
        void up(ActorSystem<?> control);

        /** Nothing of the control plane may be used any more. Also called after a failed start. */
        void gone();
    }

    private sealed interface Event {}

    private enum Up implements Event {
        INSTANCE
    }

    private record Removed(String cause) implements Event {}

    private static final Logger LOG = LoggerFactory.getLogger(ControlSystem.class);

    private final ActorSystem<Event> system;
    private final CompletionStage<Done> gone;

    /** Starts a control plane; {@code waiting} runs what waits for files and databases. */
    static CompletionStage<ControlPlane.Running> launch(Settings settings, Parts parts, Executor waiting) {
        TlsFiles files = parts.nodeTls();
        String problem = files == null ? null : files.problem();
        if (problem != null) {
            // Alone, it would found a cluster of its own.
            return CompletableFuture.failedFuture(
                    new IllegalStateException("no certificate for the exchange with other nodes: " + problem));
        }
        CompletableFuture<ControlPlane.Running> launched = new CompletableFuture<>();
        waiting.execute(() -> {
            ActorSystem<Event> system;
            try {
                Config config = parts.guarded(AkkaConfigs.control(settings));
                system = ActorSystem.create(guardian(parts, waiting), NAME, setups(config, parts));
            } catch (Throwable e) { // Whatever it is, the supervisor has to hear of it, or it never tries again.
                LOG.warn("control plane cannot start", e);
                parts.gone();
                launched.completeExceptionally(e);
                return;
            }
            CompletionStage<Done> gone = system.getWhenTerminated()
                    .thenApplyAsync(
                            done -> {
                                parts.gone();
                                return done;
                            },
                            waiting);
            try {
                parts.join(system);
                parts.start(system);
                launched.complete(new ControlSystem(system, gone));
            } catch (Throwable e) {
                LOG.warn("control plane cannot start", e);
                system.terminate();
                gone.whenComplete((done, f) -> launched.completeExceptionally(e));
            }
        });
        return launched;
    }

    private ControlSystem(ActorSystem<Event> system, CompletionStage<Done> gone) {
        this.system = system;
        this.gone = gone;
    }

    @Override
    public CompletionStage<Done> ended() {
        return gone;
    }

    @Override
    public void stop() {
        // Termination runs Akka's coordinated shutdown, whose phases leave the cluster.
        system.terminate();
    }

    private static ActorSystemSetup setups(Config config, Parts parts) {
        ActorSystemSetup setups = ActorSystemSetup.create(BootstrapSetup.create(config), parts.setup())
                .withSetup(parts.waiting());
        TlsFiles files = parts.nodeTls();
        return files == null ? setups : setups.withSetup(SSLEngineProviderSetup.create(system -> new NodeTls(files)));
    }

    private static Behavior<Event> guardian(Parts parts, Executor waiting) {
        return Behaviors.setup(context -> {
            context.setLoggerName(ControlSystem.class);
            Cluster cluster = Cluster.get(context.getSystem());
            cluster.subscriptions()
                    .tell(Subscribe.create(context.messageAdapter(SelfUp.class, up -> Up.INSTANCE), SelfUp.class));
            cluster.subscriptions()
                    .tell(Subscribe.create(
                            context.messageAdapter(
                                    SelfRemoved.class, removed -> new Removed("removed from the cluster")),
                            SelfRemoved.class));
            context.getSystem()
                    .eventStream()
                    .tell(new EventStream.Subscribe<>(
                            ThisActorSystemQuarantinedEvent.class,
                            context.messageAdapter(
                                    ThisActorSystemQuarantinedEvent.class,
                                    event -> new Removed("quarantined by " + event.remoteAddress()))));
            return Behaviors.receive(Event.class)
                    .onMessageEquals(Up.INSTANCE, () -> {
                        context.getLog()
                                .info("member Up [{}]", cluster.selfMember().address());
                        waiting.execute(() -> parts.up(context.getSystem()));
                        return Behaviors.same();
                    })
                    .onMessage(Removed.class, removed -> {
                        context.getLog().info("control plane ends, cause [{}]", removed.cause());
                        context.getSystem().terminate();
                        return Behaviors.same();
                    })
                    .build();
        });
    }
}
