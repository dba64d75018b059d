package dev.windrose.multijvm;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits for what must come true, and says what did not. */
final class Await {

    /** A condition; one that throws does not hold yet. */
    interface Condition {
        boolean holds() throws Exception;
    }

    /** @return milliseconds until it held */
    static double until(String what, Duration atMost, Condition condition) throws InterruptedException {
        long start = System.nanoTime();
        String last = "";
        while (true) {
            try {
                if (condition.holds()) {
                    return (System.nanoTime() - start) / 1e6;
                }
                last = "";
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                last = ", last: " + e;
            }
            if (System.nanoTime() - start > atMost.toNanos()) {
                throw new AssertionError("not within " + atMost.toMillis() + " ms: " + what + last);
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private Await() {}
}
