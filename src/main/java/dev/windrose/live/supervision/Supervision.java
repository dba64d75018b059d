package dev.windrose.live.supervision;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import dev.windrose.watch.PartMeters;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The long-lived actors of one plane of a node. Each is restarted when it fails, and probed once a second: one that
 * does not answer, or is blocked, raises an alarm, shows in a meter, and makes the node not ready.
 *
 * <p>A message that makes an actor fail is not redelivered, so a bad one costs a restart and no more.
 */
public final class Supervision {

    /** Time between two checks. */
    static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /**
     * Without an answer for this long an actor counts as missing: longer than a garbage collection or a busy second.
     */
    static final Duration AWAY_AFTER = Duration.ofSeconds(5);

    /**
     * A check that comes this much after the last was itself delayed: the process was paused, and every actor with it.
     */
    private static final Duration LATE_AFTER = Duration.ofSeconds(3);

    private static final SupervisorStrategy RESTART =
            SupervisorStrategy.restartWithBackoff(Duration.ofMillis(500), Duration.ofSeconds(10), 0.2);

    private final PartMeters meters;
    private final LongSupplier nanoTime;
    private final Map<String, SupervisedActor> parts = new ConcurrentSkipListMap<>();
    private volatile boolean ended = false;
    private volatile long lookedNanos;
    private volatile boolean late = false;

    public Supervision(PartMeters meters, LongSupplier nanoTime) {
        this.meters = meters;
        this.nanoTime = nanoTime;
        this.lookedNanos = nanoTime.getAsLong();
    }

    /** Checks once a second from now on, until {@link #end}. */
    public void watch(ActorSystem<?> system) {
        system.scheduler().scheduleWithFixedDelay(LOOK_EVERY, LOOK_EVERY, this::look, system.executionContext());
    }

    /** The behavior of a part that has to be there from now on. */
    public <T> Behavior<T> lasting(String name, Behavior<T> behavior) {
        return lasting(name, part -> behavior);
    }

    /** The same for a part that tells by its {@link SupervisedActor} what it waits for. */
    public <T> Behavior<T> lasting(String name, Function<SupervisedActor, Behavior<T>> behavior) {
        return kept(name, true, behavior, RESTART);
    }

    /** The same for a part that goes on with what it knows when it fails on a message. */
    public <T> Behavior<T> resuming(String name, Behavior<T> behavior) {
        return kept(name, true, part -> behavior, SupervisorStrategy.resume());
    }

    /** The behavior of a part that runs on one node of several, and is missed only where it runs. */
    public <T> Behavior<T> lastingHere(String name, Behavior<T> behavior) {
        return kept(name, false, part -> behavior, RESTART);
    }

    @SuppressWarnings("unchecked") // An actor that takes any message takes those of its own protocol.
    private <T> Behavior<T> kept(
            String name,
            boolean everywhere,
            Function<SupervisedActor, Behavior<T>> behavior,
            SupervisorStrategy strategy) {
        SupervisedActor part = new SupervisedActor(name, everywhere, nanoTime.getAsLong());
        if (everywhere) {
            parts.put(name, part);
        }
        Behavior<Object> answering = Behaviors.intercept(
                () -> new LivenessProbe<T>(part, nanoTime), Behaviors.<T>setup(context -> behavior.apply(part)));
        Behavior<Object> known = Behaviors.setup(context -> {
            parts.put(name, part);
            part.started(context.getSelf(), nanoTime.getAsLong());
            meters.started(name);
            return answering;
        });
        return (Behavior<T>) (Behavior<?>) Behaviors.supervise(known).onFailure(strategy);
    }

    /** One check of all actors. After a pause they have until the next one to answer. */
    void look() {
        if (ended) {
            return;
        }
        long now = nanoTime.getAsLong();
        boolean wasLate = late;
        late = now - lookedNanos > LATE_AFTER.toNanos();
        lookedNanos = now;
        parts.values().forEach(SupervisedActor::ask);
        if (wasLate || !late) {
            parts.forEach((name, part) -> meters.shown(name, part.missing(now)));
        }
    }

    /** The missing actors, with the known reasons. */
    public Map<String, String> missing() {
        long now = nanoTime.getAsLong();
        Map<String, String> missing = new TreeMap<>();
        parts.forEach((name, part) -> {
            @Nullable String why = part.missing(now);
            if (why != null) {
                missing.put(name, why);
            }
        });
        return missing;
    }

    /** The plane ends: no actor is missing any more. */
    public void end() {
        ended = true;
        parts.keySet().forEach(meters::ended);
    }
}
