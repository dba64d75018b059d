package dev.windrose.live.health;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
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

    /** These targets of the region are checked from now on, and no others. */
    record Check(Map<String, CheckPlan.Check> checks) implements Command {}

    /** A new target is first checked within this time, or within its interval when that is shorter. */
    private static final Duration FIRST_WITHIN = Duration.ofSeconds(1);

    static Behavior<Command> create(Prober.Runner runner, HealthMeters meters, Consumer<Prober.Believed> listener) {
        return Behaviors.setup(context -> new RegionHealth(context, runner, meters, listener));
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
        wanted.checks()
                .forEach((id, check) -> probers.computeIfAbsent(
                        id,
                        key -> getContext()
                                .spawnAnonymous(Prober.create(check, runner, firstAfter(check), meters, listener))));
        return this;
    }

    /** Spread by the name of the check, so that a thousand checks that start together do not run together for ever. */
    private static Duration firstAfter(CheckPlan.Check check) {
        long within = Math.min(FIRST_WITHIN.toMillis(), check.check().interval().toMillis());
        return Duration.ofMillis(Math.floorMod(check.id().hashCode() * 0x9E3779B9L, within));
    }
}
