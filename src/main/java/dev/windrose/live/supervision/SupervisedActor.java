package dev.windrose.live.supervision;

import akka.actor.typed.ActorRef;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One long-lived actor, as {@link Supervision} sees it. Safe for all threads. */
public final class SupervisedActor {

    private final String name;
    private final boolean everywhere;
    private volatile @Nullable ActorRef<Object> actor = null;
    private volatile long seenNanos;
    private volatile boolean asked = false;
    private volatile @Nullable String waitsFor = null;

    /** @param everywhere whether it has to run on every node */
    SupervisedActor(String name, boolean everywhere, long nowNanos) {
        this.name = name;
        this.everywhere = everywhere;
        this.seenNanos = nowNanos;
    }

    /** An unsupervised actor. */
    public static SupervisedActor unwatched(String name) {
        return new SupervisedActor(name, false, 0);
    }

    public String name() {
        return name;
    }

    /** Reports what the actor is waiting for before it can work; null when it can. */
    public void waitsFor(@Nullable String what) {
        waitsFor = what;
    }

    void started(ActorRef<Object> self, long nowNanos) {
        actor = self;
        asked = false;
        waitsFor = null;
        seenNanos = nowNanos;
    }

    void stopped() {
        if (!everywhere) {
            actor = null;
        }
    }

    void answered(long nowNanos) {
        asked = false;
        seenNanos = nowNanos;
    }

    /** Probes it, unless the previous probe is still unanswered. */
    void ask() {
        ActorRef<Object> self = actor;
        if (self != null && !asked) {
            asked = true;
            self.tell(LivenessProbe.Question.INSTANCE);
        }
    }

    /** Why the actor counts as missing, or null when it does not. */
    @Nullable
    String missing(long nowNanos) {
        if (actor == null && !everywhere) {
            return null;
        }
        long silent = nowNanos - seenNanos;
        return silent > Supervision.AWAY_AFTER.toNanos()
                ? "has not answered for " + Duration.ofNanos(silent).toSeconds() + " s"
                : waitsFor;
    }
}
