package dev.windrose.live.board;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ddata.Key;
import akka.cluster.ddata.ReplicatedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import dev.windrose.live.supervision.SupervisedActor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to a replicator and receives its changes, for one actor and in its thread. When the replicator is late or
 * fails, writes are retried: nothing here throws because of it.
 *
 * <p>Only the newest requested change of each key is kept, and at most one write per key is in flight. A stalled
 * replicator is therefore not flooded, and gets the newest values as soon as it continues.
 *
 * @param <D> what a key holds
 */
public final class Board<D extends ReplicatedData> {

    private static final Logger LOG = LoggerFactory.getLogger(Board.class);

    /** A message of the replicator, or the tick of the timer; for {@link #on}. */
    public sealed interface News {}

    private record Written(Replicator.UpdateResponse<?> response) implements News {}

    private record Found(Replicator.GetResponse<?> response) implements News {}

    private record Changed(Replicator.SubscribeResponse<?> response) implements News {}

    enum Look implements News {
        NOW
    }

    /** The current content of a key. */
    public record Held<D extends ReplicatedData>(Key<D> key, D data) {}

    private static final class Wanted<D> {
        UnaryOperator<D> change;
        boolean dirty = true;
        boolean waiting = false;
        boolean acknowledged = false;
        long sentNanos = 0;

        Wanted(UnaryOperator<D> change) {
            this.change = change;
        }
    }

    /**
     * A replicator with an answer outstanding for longer counts as unavailable, and the last write may be known only
     * here.
     */
    static final Duration LATE = Duration.ofSeconds(3);

    /** An unanswered request is repeated after this time: the replicator may have been restarted. */
    static final Duration AGAIN = Duration.ofSeconds(10);

    static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /** Every key is read once in this many ticks. */
    private static final int LOOKS_FOR_ALL = 30;

    private final ActorRef<Replicator.Command> replicator;
    private final SupervisedActor part;
    private final LongSupplier nanoTime;
    private final D empty;
    private final ActorRef<Replicator.UpdateResponse<D>> written;
    private final ActorRef<Replicator.GetResponse<D>> found;
    private final ActorRef<Replicator.SubscribeResponse<D>> changed;
    private final Map<Key<D>, Wanted<D>> wanted = new LinkedHashMap<>();
    private final Set<Key<D>> followed = new LinkedHashSet<>();
    private final Map<Key<D>, String> failing = new HashMap<>();
    private final Deque<Key<D>> toAsk = new ArrayDeque<>();
    private int asked = 0;
    private long askedNanos = 0;
    private long askedAgainNanos = 0;
    private boolean late = false;

    /**
     * @param empty what a key holds before the first write
     * @param part notified while the replicator is late
     * @param wrap turns the replicator's messages into messages of the actor, which passes them to {@link #on}
     */
    @SuppressWarnings({"unchecked", "rawtypes"}) // Classes of messages do not say of what.
    public <C> Board(
            ActorContext<C> context,
            TimerScheduler<C> timers,
            ActorRef<Replicator.Command> replicator,
            D empty,
            SupervisedActor part,
            LongSupplier nanoTime,
            Function<News, C> wrap) {
        this.replicator = replicator;
        this.empty = empty;
        this.part = part;
        this.nanoTime = nanoTime;
        this.written = (ActorRef)
                context.messageAdapter(Replicator.UpdateResponse.class, response -> wrap.apply(new Written(response)));
        this.found = (ActorRef)
                context.messageAdapter(Replicator.GetResponse.class, response -> wrap.apply(new Found(response)));
        this.changed = (ActorRef) context.messageAdapter(
                Replicator.SubscribeResponse.class, response -> wrap.apply(new Changed(response)));
        timers.startTimerWithFixedDelay(wrap.apply(Look.NOW), LOOK_EVERY);
    }

    /** Subscribes to the key, its current content included. */
    public void follow(Key<D> key) {
        followed.add(key);
        replicator.tell(new Replicator.Subscribe<>(key, changed));
    }

    /** Requests a change, replacing a pending one of the same key. It may be applied more than once. */
    public void write(Key<D> key, UnaryOperator<D> change) {
        Wanted<D> entry = wanted.computeIfAbsent(key, first -> new Wanted<>(change));
        entry.change = change;
        entry.dirty = true;
        if (!entry.waiting) {
            send(key, entry);
        }
    }

    /** Whether a change of the key is pending. */
    boolean writing(Key<D> key) {
        Wanted<D> entry = wanted.get(key);
        return entry != null && (entry.dirty || entry.waiting);
    }

    private void send(Key<D> key, Wanted<D> entry) {
        entry.dirty = false;
        entry.waiting = true;
        entry.sentNanos = nanoTime.getAsLong();
        UnaryOperator<D> change = entry.change;
        replicator.tell(new Replicator.Update<>(key, empty, Replicator.writeLocal(), written, change));
    }

    /**
     * Handles a message of the replicator. Returns the content of the key that it reports, changed or not, else null.
     */
    @SuppressWarnings("unchecked") // The board asks for its own keys alone.
    public @Nullable Held<D> on(News news) {
        if (news instanceof Changed change) {
            return change.response() instanceof Replicator.Changed<?> held
                    ? new Held<>((Key<D>) held.key(), (D) held.dataValue())
                    : null;
        }
        if (news == Look.NOW) {
            look();
        } else if (news instanceof Written answer) {
            onWritten((Key<D>) answer.response().key(), answer.response());
        } else if (news instanceof Found answer) {
            return onFound((Key<D>) answer.response().key(), answer.response());
        }
        return null;
    }

    private void onWritten(Key<D> key, Replicator.UpdateResponse<?> response) {
        Wanted<D> entry = wanted.get(key);
        if (entry == null) {
            return;
        }
        entry.waiting = false;
        if (response instanceof Replicator.UpdateSuccess<?>) {
            entry.acknowledged = true;
            if (failing.remove(key) != null) {
                LOG.info("board [{}] can be written again", key.id());
            }
            if (entry.dirty) {
                send(key, entry);
            }
        } else {
            // Repeated at the next tick, not at once: otherwise a write that cannot succeed would be retried
            // continuously.
            entry.dirty = true;
            if (failing.put(key, response.toString()) == null) {
                LOG.warn("board [{}] cannot be written, will be retried, cause [{}]", key.id(), response);
            }
        }
    }

    @SuppressWarnings("unchecked") // The board asks for its own keys alone.
    private @Nullable Held<D> onFound(Key<D> key, Replicator.GetResponse<?> response) {
        if (response instanceof Replicator.GetFailure<?>) {
            // Its deadline has passed.
            return null;
        }
        asked = Math.max(0, asked - 1);
        if (late && asked == 0) {
            LOG.info("replicator of board [{}] answers again", part.name());
            late = false;
            part.waitsFor(null);
        }
        if (response instanceof Replicator.GetSuccess<?> found) {
            return new Held<>(key, (D) found.dataValue());
        }
        Wanted<D> entry = wanted.get(key);
        if (entry != null && entry.acknowledged) {
            LOG.warn("replicator of board [{}] lost its data, which is sent again", part.name());
            renew();
        }
        return null;
    }

    /** Sends the replicator everything that it should have. */
    private void renew() {
        followed.forEach(key -> replicator.tell(new Replicator.Subscribe<>(key, changed)));
        wanted.forEach(this::send);
    }

    /** Probes the replicator, and repeats unanswered requests. */
    private void look() {
        long now = nanoTime.getAsLong();
        wanted.forEach((key, entry) -> {
            boolean again = entry.waiting && now - entry.sentNanos > AGAIN.toNanos();
            if (again || (entry.dirty && !entry.waiting)) {
                send(key, entry);
            }
        });
        ask(now);
        if (asked > 0 && now - askedNanos > LATE.toNanos()) {
            if (!late) {
                late = true;
                LOG.warn("replicator of board [{}] does not answer, waiting for it", part.name());
            }
            part.waitsFor("has waited for its replicator for "
                    + Duration.ofNanos(now - askedNanos).toSeconds() + " s");
        }
    }

    /** Reads all keys in turn: this finds changes that a subscription missed, and a late replicator. */
    private void ask(long now) {
        if (asked > 0 && now - askedAgainNanos < AGAIN.toNanos()) {
            return;
        }
        askedNanos = asked > 0 ? askedNanos : now;
        askedAgainNanos = now;
        asked = 0;
        if (toAsk.isEmpty()) {
            toAsk.addAll(followed);
        }
        int some = (followed.size() + LOOKS_FOR_ALL - 1) / LOOKS_FOR_ALL;
        while (asked < some && !toAsk.isEmpty()) {
            asked++;
            replicator.tell(new Replicator.Get<>(toAsk.removeFirst(), Replicator.readLocal(), found));
        }
    }
}
