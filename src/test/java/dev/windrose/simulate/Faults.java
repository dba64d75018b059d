package dev.windrose.simulate;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is broken at present, and since when it is whole. Links are one-way: a control link carries rules and health from
 * one region to another, a data link carries checks and clients from a region to an origin.
 */
final class Faults {

    private record Link(int from, int to) {}

    /** How many faults hold something down, and when the last of them ended. */
    private static final class Held {
        int by = 0;

        /** How many of them are that nobody looks. */
        int asleep = 0;

        long wholeSinceMs = 0;

        void hold() {
            by++;
        }

        void release(long nowMs) {
            by--;
            wholeSinceMs = nowMs;
        }
    }

    private final Map<Link, Held> control = new HashMap<>();
    private final Map<Link, Held> data = new HashMap<>();
    private final Map<Integer, Held> origins = new HashMap<>();
    private long controlWholeSinceMs = 0;
    private int controlHolds = 0;

    void cutControl(int from, int to) {
        control.computeIfAbsent(new Link(from, to), link -> new Held()).hold();
        controlHolds++;
    }

    void mendControl(int from, int to, long nowMs) {
        control.computeIfAbsent(new Link(from, to), link -> new Held()).release(nowMs);
        controlHolds--;
        controlWholeSinceMs = nowMs;
    }

    void cutData(int from, int origin) {
        data.computeIfAbsent(new Link(from, origin), link -> new Held()).hold();
    }

    void mendData(int from, int origin, long nowMs) {
        data.computeIfAbsent(new Link(from, origin), link -> new Held()).release(nowMs);
    }

    void killOrigin(int origin) {
        origins.computeIfAbsent(origin, key -> new Held()).hold();
    }

    void reviveOrigin(int origin, long nowMs) {
        origins.computeIfAbsent(origin, key -> new Held()).release(nowMs);
    }

    /** Links that carry, between two of which one stands still: nobody may rely on what comes by them. */
    void disturb(int asleep, int other, long forMs, Timeline timeline) {
        Held held = data.computeIfAbsent(new Link(asleep, other), link -> new Held());
        controlHolds++;
        held.asleep++;
        timeline.after(forMs, () -> {
            controlHolds--;
            controlWholeSinceMs = timeline.nowMs();
            held.asleep--;
            held.wholeSinceMs = timeline.nowMs();
        });
    }

    boolean carries(int from, int to) {
        Held held = control.get(new Link(from, to));
        return held == null || held.by == 0;
    }

    boolean reaches(int from, int origin) {
        return reachedForMs(from, origin, 0) >= 0;
    }

    /** For how long a region has reached an origin without a break; negative when it does not. */
    long reachedForMs(int from, int origin, long nowMs) {
        return Math.min(wholeForMs(data.get(new Link(from, origin)), nowMs), wholeForMs(origins.get(origin), nowMs));
    }

    /** For how long no control link has been cut; negative when one is. */
    long calmForMs(long nowMs) {
        return controlHolds > 0 ? -1 : nowMs - controlWholeSinceMs;
    }

    private static long wholeForMs(@Nullable Held held, long nowMs) {
        return held == null ? nowMs : held.by + held.asleep > 0 ? -1 : Math.max(0, nowMs - held.wholeSinceMs);
    }
}
