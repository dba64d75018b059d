package dev.windrose.boot;

import akka.Done;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.windrose.boot.part.FailureText;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Supervises the control plane: starts it, and restarts it whenever it ends, for whatever reason (downed, quarantined,
 * no database, a fatal error). Lives in the data plane, which is unaffected when the control plane ends.
 */
public final class ControlSupervisor extends AbstractBehavior<ControlSupervisor.Command> {

    public sealed interface Command {}

    /** Starts it now, if it is waiting for its next attempt. */
    public enum Start implements Command {
        INSTANCE
    }

    /** Stops the control plane permanently; {@code done} completes when it has left the cluster and ended. */
    public record Stop(CompletableFuture<Done> done) implements Command {}

    private enum Recovered implements Command {
        INSTANCE
    }

    private record Started(
            @Nullable Running running, @Nullable Throwable failure) implements Command {}

    private record Ended(@Nullable Throwable failure) implements Command {}

    /** Starts one control plane. The stage fails when it could not start; then nothing of it is left running. */
    public interface Launcher {
        CompletionStage<Running> launch();
    }

    /** A control plane that was started. */
    public interface Running {
        /** Completes when nothing of it is left. */
        CompletionStage<Done> ended();

        /** Leaves the cluster gracefully. */
        void stop();
    }

    /** @param entropy the random part of the waits, each 0 (included) to 1 (not included) */
    public static Behavior<Command> create(Launcher launcher, Backoff backoff, DoubleSupplier entropy) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new ControlSupervisor(context, timers, launcher, backoff, entropy)));
    }

    private final TimerScheduler<Command> timers;
    private final Launcher launcher;
    private final Backoff backoff;
    private final DoubleSupplier entropy;

    private int failures = 0;
    private boolean launching = false;
    private @Nullable Running running = null;
    private @Nullable CompletableFuture<Done> stopping = null;

    private ControlSupervisor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Launcher launcher,
            Backoff backoff,
            DoubleSupplier entropy) {
        super(context);
        context.setLoggerName(ControlSupervisor.class);
        this.timers = timers;
        this.launcher = launcher;
        this.backoff = backoff;
        this.entropy = entropy;
        context.getSelf().tell(Start.INSTANCE);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Start.INSTANCE, this::onStart)
                .onMessage(Started.class, this::onStarted)
                .onMessageEquals(Recovered.INSTANCE, this::onRecovered)
                .onMessage(Ended.class, this::onEnded)
                .onMessage(Stop.class, this::onStop)
                .build();
    }

    private Behavior<Command> onStart() {
        if (stopping == null && !launching && running == null) {
            launching = true;
            getContext().pipeToSelf(launch(), Started::new);
        }
        return this;
    }

    private CompletionStage<Running> launch() {
        try {
            return launcher.launch();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Behavior<Command> onStarted(Started started) {
        launching = false;
        running = started.running();
        if (running == null) {
            return again("could not start", started.failure());
        }
        getContext().pipeToSelf(running.ended(), (done, failure) -> new Ended(failure));
        if (stopping != null) {
            running.stop();
        } else {
            timers.startSingleTimer(Recovered.INSTANCE, backoff.recoveredAfter());
        }
        return this;
    }

    private Behavior<Command> onRecovered() {
        failures = 0;
        return this;
    }

    private Behavior<Command> onEnded(Ended ended) {
        running = null;
        return again("ended", ended.failure());
    }

    private Behavior<Command> again(String what, @Nullable Throwable failure) {
        timers.cancel(Recovered.INSTANCE);
        if (stopping != null) {
            return gone(stopping);
        }
        Duration wait = backoff.after(failures, entropy.getAsDouble());
        failures++;
        getContext()
                .getLog()
                .warn(
                        "control plane {}, cause [{}]; restarts in [{} ms], decisions continue",
                        what,
                        FailureText.oneLine(failure),
                        wait.toMillis());
        timers.startSingleTimer(Start.INSTANCE, wait);
        return this;
    }

    private Behavior<Command> onStop(Stop stop) {
        if (stopping != null) {
            CompletableFuture<Void> unused = stopping.thenAccept(stop.done()::complete);
            return this;
        }
        stopping = stop.done();
        timers.cancelAll();
        if (running != null) {
            running.stop();
        } else if (!launching) {
            return gone(stop.done());
        }
        return this;
    }

    private Behavior<Command> gone(CompletableFuture<Done> done) {
        done.complete(Done.getInstance());
        return Behaviors.stopped();
    }
}
