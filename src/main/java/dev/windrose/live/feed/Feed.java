package dev.windrose.live.feed;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest value of something that changes, and its subscribers. Safe for all threads.
 *
 * <p>A subscriber gets the newest value when it subscribes and then each later one, in the order of publication, one at
 * a time. One that throws is logged and misses that value; the others get it.
 *
 * @param <T> immutable values
 */
public final class Feed<T> {

    /*
     * Publishing and subscribing exclude each other. Otherwise a listener that subscribes during a publication could
     * miss the value, or get an older one. Neither is on the decision path: readers there get the newest value by one
     * volatile read. Listeners run on the publisher's thread and delay the others, so they must return at once: they
     * message an actor, or set a field. A listener may subscribe or unsubscribe from within: the list is copied on
     * write.
     */

    /** Ends a subscription: no value is delivered after {@link #close} has returned. */
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /** One subscription; a listener may have several. */
    private static final class Listening<T> {
        private final Consumer<? super T> listener;
        private boolean ended = false;

        Listening(Consumer<? super T> listener) {
            this.listener = listener;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

    private final String name;
    private final List<Listening<T>> listeners = new CopyOnWriteArrayList<>();
    private volatile T newest;

    /**
     * @param name for the log
     * @param first the value before any was published
     */
    public Feed(String name, T first) {
        this.name = name;
        this.newest = first;
    }

    public T newest() {
        return newest;
    }

    /** Delivers a new value to all listeners. Returns when they have it. */
    public synchronized void publish(T value) {
        newest = value;
        for (Listening<T> each : listeners) {
            give(each, value);
        }
    }

    /** @param listener must not block; it may be called before this returns */
    public synchronized Subscription subscribe(Consumer<? super T> listener) {
        Listening<T> subscribed = new Listening<>(listener);
        listeners.add(subscribed);
        give(subscribed, newest);
        return () -> end(subscribed);
    }

    private synchronized void end(Listening<T> subscribed) {
        subscribed.ended = true;
        listeners.remove(subscribed);
    }

    private void give(Listening<T> to, T value) {
        if (to.ended) {
            // Unsubscribed by another listener during this publication.
            return;
        }
        try {
            to.listener.accept(value);
        } catch (RuntimeException e) {
            LOG.error("listener of [{}] failed", name, e);
        }
    }
}
