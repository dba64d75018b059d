package dev.windrose.live.health;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.watch.HealthMeters;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Owns the checks of one target region, as seen from this node: starts and stops their probers. */
final class RegionHealth extends AbstractBehavior<RegionHealth.Command> {

    sealed interface Command {}

    /** Replaces the checked targets of the region. */
    record Check(Map<String, CheckPlan.Check> checks) implements Command {}

    /** A new target is first checked within this time, or within its interval when that is shorter. */
    private static final Duration FIRST_WITHIN = Duration.ofSeconds(1);

    /** Limit on first checks per second when many targets are new: a process that has just started is slow. */
    private static final int FIRST_CHECKS_PER_SECOND = 50;

    static Behavior<Command> create(Prober.Runner runner, HealthMeters meters, Consumer<Prober.Believed> listener) {
        return Behaviors.supervise(
                        Behaviors.<Command>setup(context -> new RegionHealth(context, runner, meters, listener)))
                .onFailure(SupervisorStrategy.resume());
    }

    private final Prober.Runner runner;
    private final HealthMeters meters;
    private final Consumer<Prober.Believed> listener;
    private final Map<String, ActorRef<Prober.Command>> probers = new HashMap<>();

    private RegionHealth(
            ActorContext<Command> context,
            Prober.Runner runner,
            HealthMeters meters,
            Consumer<Prober.Believed> listener) {
        super(context);
        this.runner = runner;
        this.meters = meters;
        this.listener = listener;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder().onMessage(Check.class, this::onCheck).build();
    }

    private Behavior<Command> onCheck(Check wanted) {
        probers.entrySet().removeIf(prober -> {
            boolean gone = !wanted.checks().containsKey(prober.getKey());
            if (gone) {
                getContext().stop(prober.getValue());
            }
            return gone;
        });
        int started = wanted.checks().size() - probers.size();
        wanted.checks()
                .forEach((id, check) -> probers.computeIfAbsent(
                        id,
                        key -> getContext()
                                .spawnAnonymous(
                                        Prober.create(check, runner, rhythm(check, started), meters, listener))));
        return this;
    }

    /**
     * The first check comes soon, because nothing is known before it, but the first checks of hundreds are spread out:
     * those of a node that has just started would otherwise time out for healthy targets. From the second on, the
     * checks are spread over the whole interval, so that a thousand that start together do not stay synchronised.
     *
     * @param started number of targets that are new together, this one included; at least 1
     */
    static Prober.Rhythm rhythm(CheckPlan.Check check, int started) {
        long intervalMs = check.check().interval().toMillis();
        long hash = check.id().hashCode() * 0x9E3779B97F4A7C15L;
        long window = Math.max(FIRST_WITHIN.toMillis(), started * 1000L / FIRST_CHECKS_PER_SECOND);
        long first = Math.floorMod(hash >>> 40, Math.min(window, intervalMs));
        return new Prober.Rhythm(
                Duration.ofMillis(first), Duration.ofMillis(1 + Math.floorMod(hash >>> 20, intervalMs)));
    }
}
