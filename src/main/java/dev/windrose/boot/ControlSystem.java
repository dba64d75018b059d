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
import dev.windrose.boot.part.AkkaConfigs;
import dev.windrose.boot.part.ControlPlane;
import dev.windrose.boot.part.DataPlane;
import dev.windrose.boot.part.Part;
import dev.windrose.boot.part.RunningControlPlane;
import dev.windrose.live.pool.PoolSetup;
import dev.windrose.live.supervision.Supervision;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs control planes, one at a time, each from start to end: its actor system, its parts, and its membership.
 *
 * <p>Order: parts open, actor system, parts start; it joins the cluster when all have started. If a part cannot start,
 * this control plane ends, and the supervisor tries again.
 */
final class ControlSystem implements ControlSupervisor.Running {

    static final String NAME = "windrose-control";

    private sealed interface Event {}

    private enum Up implements Event {
        INSTANCE
    }

    private record Removed(String cause) implements Event {}

    private static final Logger LOG = LoggerFactory.getLogger(ControlSystem.class);

    private final ActorSystem<Event> system;
    private final CompletionStage<Done> gone;

    /**
     * Starts a control plane with all parts. Blocking work on files and databases runs in the pool of the control
     * plane.
     */
    static CompletionStage<ControlSupervisor.Running> launch(DataPlane data, List<Part> parts) {
        String obstacle = parts.stream()
                .map(Part::obstacle)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (obstacle != null) {
            return CompletableFuture.failedFuture(new IllegalStateException(obstacle));
        }
        CompletableFuture<ControlSupervisor.Running> launched = new CompletableFuture<>();
        Executor waiting = data.pools().control;
        waiting.execute(() -> {
            RunningControlPlane running = data.running();
            ControlPlane control = new ControlPlane(
                    AkkaConfigs.control(data.settings()), new Supervision(data.partMeters(), System::nanoTime));
            ActorSystem<Event> system;
            try {
                parts.forEach(part -> part.open(control));
                system = ActorSystem.create(guardian(running, waiting), NAME, setups(control, data));
            } catch (Throwable e) { // Whatever it is, the supervisor has to hear of it, or it never tries again.
                LOG.warn("control plane could not start", e);
                running.ended(control);
                launched.completeExceptionally(e);
                return;
            }
            CompletionStage<Done> gone = system.getWhenTerminated()
                    .thenApplyAsync(
                            done -> {
                                running.ended(control);
                                return done;
                            },
                            waiting);
            try {
                control.runsIn(system);
                parts.forEach(part -> part.start(control));
                control.started();
                running.began(control);
                launched.complete(new ControlSystem(system, gone));
            } catch (Throwable e) {
                LOG.warn("control plane could not start", e);
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

    private static ActorSystemSetup setups(ControlPlane control, DataPlane data) {
        ActorSystemSetup setups = ActorSystemSetup.create(BootstrapSetup.create(control.config()))
                .withSetup(new PoolSetup(data.pools().database));
        for (Setup setup : control.setups()) {
            setups = setups.withSetup(setup);
        }
        return setups;
    }

    private static Behavior<Event> guardian(RunningControlPlane running, Executor waiting) {
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
                        waiting.execute(running::up);
                        return Behaviors.same();
                    })
                    .onMessage(Removed.class, removed -> {
                        context.getLog().info("control plane stops, cause [{}]", removed.cause());
                        context.getSystem().terminate();
                        return Behaviors.same();
                    })
                    .build();
        });
    }
}
