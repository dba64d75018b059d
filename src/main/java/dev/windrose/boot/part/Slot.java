package dev.windrose.boot.part;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a part runs in the control plane, for callers that may find none. Only {@link ControlPlane} fills and empties
 * it. Safe for all threads.
 */
public final class Slot<T> implements Supplier<@Nullable T> {

    private final String name;
    private volatile @Nullable T value = null;

    /** @param name for the message when it is read too early */
    public Slot(String name) {
        this.name = name;
    }

    /** The content; null while no control plane has started. */
    @Override
    public @Nullable T get() {
        return value;
    }

    void fill(T value) {
        this.value = value;
    }

    void empty() {
        value = null;
    }

    @Override
    public String toString() {
        return name;
    }
}
