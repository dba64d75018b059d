package dev.windrose.boot.part;

import org.jspecify.annotations.Nullable;

/** A value that a part's start creates, for itself and later parts. Set once. Safe for all threads. */
public final class SetOnce<T> {

    private final String name;
    private volatile @Nullable T value = null;

    /** @param name for the message when it is read too early */
    public SetOnce(String name) {
        this.name = name;
    }

    public T set(T started) {
        value = started;
        return started;
    }

    /** @throws IllegalStateException when the part has not started: the list of parts is in the wrong order */
    public T get() {
        T started = value;
        if (started == null) {
            throw new IllegalStateException(name + ": not started (expected: by a part earlier in the list)");
        }
        return started;
    }

    /** The value; null before the start, which may have failed. */
    public @Nullable T orNull() {
        return value;
    }
}
