package dev.windrose.simulate;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Virtual time: what is due next is done next, and nothing waits. */
final class Timeline {

    private record Due(long atMs, long number, Runnable what) {}

    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparingLong(Due::atMs).thenComparingLong(Due::number));
    private long nowMs = 0;
    private long number = 0;

    long nowMs() {
        return nowMs;
    }

    void at(long atMs, Runnable what) {
        due.add(new Due(Math.max(nowMs, atMs), number++, what));
    }

    void after(long ms, Runnable what) {
        at(nowMs + ms, what);
    }

    void every(long firstMs, long ms, Runnable what) {
        at(firstMs, () -> {
            what.run();
            every(nowMs + ms, ms, what);
        });
    }

    void runUntil(long untilMs) {
        while (!due.isEmpty() && due.peek().atMs() <= untilMs) {
            Due next = due.remove();
            nowMs = next.atMs();
            next.what().run();
        }
        nowMs = untilMs;
    }
}
