package dev.windrose.live.board;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.ddata.typed.javadsl.Replicator;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** A replicator that hands on what it is told after a while, which can be changed; what is late stays late. */
public final class LateReplicator {

    private record Due(Replicator.Command command) implements Replicator.Command {}

    /**
     * @param real the replicator that answers
     * @param late how late what comes now is handed on
     */
    public static Behavior<Replicator.Command> before(
            ActorRef<Replicator.Command> real, AtomicReference<Duration> late) {
        return Behaviors.withTimers(timers -> Behaviors.receiveMessage(command -> {
            if (command instanceof Due due) {
                real.tell(due.command());
            } else if (late.get().isZero()) {
                real.tell(command);
            } else {
                timers.startSingleTimer(new Object(), new Due(command), late.get());
            }
            return Behaviors.same();
        }));
    }

    private LateReplicator() {}
}
