package dev.windrose.live.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.live.pool.Pools;
import dev.windrose.watch.Alarms;
import dev.windrose.watch.PoolMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The thread on which all connections depend, whatever is thrown at it. */
class SelectLoopTest {

    private final SelectLoop loop = new SelectLoop("loop-of-a-test");

    @AfterEach
    void close() {
        loop.close();
    }

    private <T> T onLoop(java.util.concurrent.Callable<T> work) throws Exception {
        CompletableFuture<T> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                done.complete(work.call());
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        return done.get(10, TimeUnit.SECONDS);
    }

    @Test
    void anErrorInATaskOrATimerDoesNotEndTheThread() throws Exception {
        loop.execute(() -> {
            throw new OutOfMemoryError("Direct buffer memory");
        });
        onLoop(() -> loop.at(System.nanoTime(), () -> {
            throw new StackOverflowError();
        }));

        CompletableFuture<Boolean> rung = new CompletableFuture<>();
        onLoop(() -> loop.at(System.nanoTime() + 1_000_000, () -> rung.complete(true)));
        assertThat(rung.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anErrorOfAConnectionEndsThatConnectionAlone() throws Exception {
        Pipe pipe = Pipe.open();
        try (Pipe.SourceChannel source = pipe.source();
                Pipe.SinkChannel sink = pipe.sink()) {
            CompletableFuture<SelectionKey> broken = new CompletableFuture<>();
            SelectionKey key = onLoop(() -> loop.register(source, SelectionKey.OP_READ, new SelectLoop.Ready() {
                @Override
                public void ready(SelectionKey ready) {
                    throw new OutOfMemoryError("Direct buffer memory");
                }

                @Override
                public void broken(IOException cause) {
                    broken.complete(null);
                    throw new OutOfMemoryError("again");
                }
            }));
            sink.write(ByteBuffer.wrap(new byte[] {1}));

            broken.get(10, TimeUnit.SECONDS);
            assertThat(onLoop(() -> 7)).isEqualTo(7);
            assertThat(key.isValid()).as("it would be ready again and again").isFalse();
        }
    }

    @Test
    void aTimerThatIsCancelledIsKeptNoLonger() throws Exception {
        int left = onLoop(() -> {
            long far = System.nanoTime() + Duration.ofMinutes(2).toNanos();
            SelectLoop.Timer kept = loop.at(far, () -> {});
            for (int i = 0; i < 10_000; i++) {
                loop.at(far, () -> {}).cancel();
            }
            int waiting = loop.timers();
            kept.cancel();
            return waiting + loop.timers();
        });
        assertThat(left).isEqualTo(1);
    }

    @Test
    void aLoopThatTurnsSaysSoAndAClosedOneIsNotMissed() throws Exception {
        onLoop(() -> 1);
        assertThat(loop.stillNanos()).isLessThan(Duration.ofSeconds(5).toNanos());
        loop.close();
        assertThat(loop.stillNanos()).isZero();
    }

    @Test
    void aLoopThatStandsStillIsAnAlarmUntilItTurnsAgain() {
        Alarms alarms = new Alarms(new SimpleMeterRegistry(), () -> 1);
        try (Pools pools = new Pools(new PoolMeters(new SimpleMeterRegistry()), alarms)) {
            AtomicLong still = new AtomicLong(Duration.ofSeconds(5).toNanos());
            pools.turns("windrose-checks", still::get);
            pools.look();
            assertThat(alarms.raised()).isEmpty();

            still.set(Duration.ofMillis(5001).toNanos());
            pools.look();
            assertThat(alarms.raised()).singleElement().satisfies(alarm -> {
                assertThat(alarm.kind()).isEqualTo(Alarms.Kind.PART_AWAY);
                assertThat(alarm.source()).isEqualTo("windrose-checks");
            });

            still.set(0);
            pools.look();
            assertThat(alarms.raised()).isEmpty();
        }
    }
}
