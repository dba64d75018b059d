package dev.windrose.live.health;

import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.HealthTrack;
import dev.windrose.decide.health.Reading;
import dev.windrose.model.HealthStatus;
import dev.windrose.watch.HealthMeters;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks one target at a fixed interval and reports its status after each reading.
 *
 * <p>At most one check is in flight. A tick that comes while one is running is made up for as soon as it ends, and only
 * one of them: a slow target cannot pile up requests, and a black hole is not detected later because its timeout and a
 * tick coincided.
 */
public final class Prober extends AbstractBehavior<Prober.Command> {

    sealed interface Command {}

    private enum Beat implements Command {
        INSTANCE
    }

    private enum FirstBeat implements Command {
        INSTANCE
    }

    private record Probed(
            @Nullable Reading reading, @Nullable Throwable failure) implements Command {}

    /**
     * The status after a reading.
     *
     * @param cause why the target or the reading is not healthy; else an anomaly, or empty
     */
    record Believed(CheckPlan.Check check, HealthTrack track, String cause) {}

    /** Runs one check. */
    public interface Runner {
        /** @param believed of the target before this check */
        CompletionStage<Reading> run(CheckPlan.Check check, HealthStatus believed);
    }

    /**
     * When a target is checked.
     *
     * @param first until the first check
     * @param then between the first and the second, more than 0 and at most an interval; the rest follow in intervals
     */
    record Rhythm(Duration first, Duration then) {}

    private static final Duration RESTART_AFTER = Duration.ofSeconds(1);
    private static final Duration RESTART_AFTER_AT_MOST = Duration.ofSeconds(10);

    static Behavior<Command> create(
            CheckPlan.Check check, Runner runner, Rhythm rhythm, HealthMeters meters, Consumer<Believed> listener) {
        return Behaviors.supervise(Behaviors.<Command>setup(context -> Behaviors.withTimers(
                        timers -> new Prober(context, timers, check, runner, rhythm, meters, listener))))
                .onFailure(SupervisorStrategy.restartWithBackoff(RESTART_AFTER, RESTART_AFTER_AT_MOST, 0.2));
    }

    private final CheckPlan.Check check;
    private final Runner runner;
    private final HealthMeters meters;
    private final Consumer<Believed> listener;

    private HealthTrack track = HealthTrack.NEW;
    private boolean inFlight = false;
    private boolean due = false;

    private Prober(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            CheckPlan.Check check,
            Runner runner,
            Rhythm rhythm,
            HealthMeters meters,
            Consumer<Believed> listener) {
        super(context);
        context.setLoggerName(Prober.class);
        this.check = check;
        this.runner = runner;
        this.meters = meters;
        this.listener = listener;
        timers.startSingleTimer(FirstBeat.INSTANCE, rhythm.first());
        timers.startTimerAtFixedRate(
                Beat.INSTANCE, rhythm.first().plus(rhythm.then()), check.check().interval());
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Beat.INSTANCE, this::onBeat)
                .onMessageEquals(FirstBeat.INSTANCE, this::onBeat)
                .onMessage(Probed.class, this::onProbed)
                .build();
    }

    private Behavior<Command> onBeat() {
        if (inFlight) {
            meters.late();
            due = true;
            return this;
        }
        inFlight = true;
        due = false;
        getContext().pipeToSelf(runner.run(check, track.status()), Probed::new);
        return this;
    }

    private Behavior<Command> onProbed(Probed probed) {
        inFlight = false;
        Reading reading =
                probed.reading() == null ? Reading.failed(0, String.valueOf(probed.failure())) : probed.reading();
        HealthTrack before = track;
        track = track.after(reading, check.check(), System.nanoTime() / 1_000_000);
        String cause = track.cause(reading, check.check());
        meters.checked(reading.status());
        if (before.status() != track.status()) {
            meters.transition();
            getContext()
                    .getLog()
                    .info(
                            "target [{}] {} -> {}, cause [{}]",
                            check.endpoint(),
                            before.status(),
                            track.status(),
                            cause.isEmpty() ? "answers as expected" : cause);
        }
        listener.accept(new Believed(check, track, cause));
        return due ? onBeat() : this;
    }
}
