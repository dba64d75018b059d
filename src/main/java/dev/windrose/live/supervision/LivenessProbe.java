package dev.windrose.live.supervision;

import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.TypedActorContext;
import java.util.function.LongSupplier;

/** Answers a liveness probe for an actor; the probe passes through its mailbox like everything else. */
final class LivenessProbe<T> extends BehaviorInterceptor<Object, T> {

    enum Question {
        INSTANCE
    }

    private final SupervisedActor part;
    private final LongSupplier nanoTime;

    @SuppressWarnings("unchecked") // Only questions are intercepted; the rest passes as it is.
    LivenessProbe(SupervisedActor part, LongSupplier nanoTime) {
        super((Class<Object>) (Class<?>) Question.class);
        this.part = part;
        this.nanoTime = nanoTime;
    }

    @Override
    public Behavior<T> aroundReceive(TypedActorContext<Object> context, Object question, ReceiveTarget<T> target) {
        part.answered(nanoTime.getAsLong());
        return akka.actor.typed.javadsl.Behaviors.same();
    }

    @Override
    public Behavior<T> aroundSignal(TypedActorContext<Object> context, Signal signal, SignalTarget<T> target) {
        if (signal instanceof PostStop) {
            part.stopped();
        }
        return target.apply(context, signal);
    }
}
