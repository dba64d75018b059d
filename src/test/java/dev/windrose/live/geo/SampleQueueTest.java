package dev.windrose.live.geo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.model.RegionId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SampleQueueTest {

    private static final RegionId REGION = new RegionId("eu-west-1");

    private static SampleQueue.Sample sample(long place, double ms) {
        return new SampleQueue.Sample(place, 0, REGION, ms);
    }

    @Test
    void givesInOrderAndDropsWhatFindsNoRoom() {
        AtomicInteger dropped = new AtomicInteger();
        SampleQueue queue = new SampleQueue(4, dropped::incrementAndGet);
        assertThat(queue.take()).isNull();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 6; i++) {
                assertThat(queue.offer(sample(1, i))).isEqualTo(i < 4);
            }
            for (int i = 0; i < 4; i++) {
                assertThat(queue.take()).isEqualTo(sample(1, i));
            }
            assertThat(queue.take()).isNull();
        }
        assertThat(dropped).hasValue(6);
    }

    @Test
    void manyThreadsLoseNothingThatWasTaken() throws Exception {
        AtomicInteger dropped = new AtomicInteger();
        SampleQueue queue = new SampleQueue(64, dropped::incrementAndGet);
        int each = 50_000;
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int thread = 1; thread <= 3; thread++) {
            int place = thread;
            threads.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < each; i++) {
                    queue.offer(sample(place, i));
                }
            }));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(threads.toArray(new CompletableFuture<?>[0]));
        double[] last = {0, -1, -1, -1};
        int taken = 0;
        while (true) {
            boolean over = all.isDone();
            SampleQueue.Sample sample = queue.take();
            if (sample != null) {
                assertThat(sample.ms()).as("in the order of its thread").isGreaterThan(last[(int) sample.place()]);
                last[(int) sample.place()] = sample.ms();
                taken++;
            } else if (over) {
                break;
            }
        }
        assertThat(taken + dropped.get()).isEqualTo(3 * each);
        assertThat(taken).isPositive();
    }
}
