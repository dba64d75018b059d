package dev.windrose.live.member;

import dev.windrose.decide.member.Standstill;
import java.time.Duration;

/** Beats a {@link Standstill} from a thread of its own, so that busy pools are not taken for a process that stood still. */
public final class StandstillWatch implements AutoCloseable {

    private static final Duration BEAT = Duration.ofMillis(250);

    private final Standstill standstill;
    private final Thread thread;

    /** @param atMost a longer standstill makes this process suspect */
    public StandstillWatch(Duration atMost) {
        standstill = new Standstill(atMost, System.nanoTime());
        thread = new Thread(this::run, "standstill");
        thread.setDaemon(true);
        thread.start();
    }

    public Standstill standstill() {
        return standstill;
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(BEAT.toMillis());
                standstill.beat(System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
