package dev.windrose.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class StopOrderTest {

    private final List<String> order = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private final StopOrder stop = new StopOrder(System::nanoTime, said::add);

    @Test
    void takesOneStepAfterTheOther() {
        assertThat(stop.run(List.of(step("a", done()), step("b", done()), step("c", done())), Duration.ofSeconds(5)))
                .isTrue();
        assertThat(order).containsExactly("a", "b", "c");
        assertThat(said).hasSize(3).allMatch(line -> line.matches("stop: [abc]: done after \\[\\d+ ms]"));
    }

    @Test
    void goesOnAfterAStepThatFailsOrNeverEnds() {
        boolean well = stop.run(
                List.of(
                        step("stuck", new CompletableFuture<>()),
                        step("broken", CompletableFuture.failedFuture(new IllegalStateException("no disk"))),
                        step("last", done())),
                Duration.ofSeconds(5));

        assertThat(well).isFalse();
        assertThat(order).containsExactly("stuck", "broken", "last");
        assertThat(said.get(0)).startsWith("stop: stuck: not finished in time");
        assertThat(said.get(1)).startsWith("stop: broken: failed, cause [IllegalStateException: no disk]");
        assertThat(said.get(2)).startsWith("stop: last: done");
    }

    @Test
    void allStepsTogetherHaveTheirLimit() {
        List<StopOrder.Step> stuck = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            stuck.add(new StopOrder.Step("s" + i, Duration.ofHours(1), CompletableFuture::new));
        }
        long began = System.nanoTime();
        assertThat(stop.run(stuck, Duration.ofMillis(100))).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        assertThat(said).hasSize(100);
    }

    private StopOrder.Step step(String name, CompletionStage<?> end) {
        return new StopOrder.Step(name, Duration.ofMillis(50), () -> {
            order.add(name);
            return end;
        });
    }

    private static CompletionStage<?> done() {
        return CompletableFuture.completedFuture(null);
    }
}
