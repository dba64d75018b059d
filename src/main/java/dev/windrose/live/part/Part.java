package dev.windrose.live.part;

import akka.actor.typed.ActorRef;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One long-lived actor, as {@link Parts} sees it. Safe for all threads. */
public final class Part {

    private final String name;
    private final boolean everywhere;
    private volatile @Nullable ActorRef<Object> actor = null;
    private volatile long seenNanos;
    private volatile boolean asked = false;
    private volatile @Nullable String waitsFor = null;

    /** @param everywhere has to run on every node */
    Part(String name, boolean everywhere, long nowNanos) {
        this.name = name;
        this.everywhere = everywhere;
        this.seenNanos = nowNanos;
    }

    /** A part that nobody misses. */
    public static Part unwatched(String name) {
        return new Part(name, false, 0);
    }

    public String name() {
        return name;
    }

    /** Says that the part cannot do its work before something answers; null when it can. */
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

    /** Asks whether it is there, unless the last question waits for its answer still. */
    void ask() {
        ActorRef<Object> self = actor;
        if (self != null && !asked) {
            asked = true;
            self.tell(Answering.Question.INSTANCE);
        }
    }

    /** Why the part is missing, or null when it is not. */
    @Nullable
    String missing(long nowNanos) {
        if (actor == null && !everywhere) {
            return null;
        }
        long silent = nowNanos - seenNanos;
        return silent > Parts.AWAY_AFTER.toNanos()
                ? "does not answer since " + Duration.ofNanos(silent).toSeconds() + " s"
                : waitsFor;
    }
}
