package dev.windrose.boot;

import dev.windrose.boot.part.FailureText;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Stops things in order, each with a time limit, and reports how long each took. */
final class StopOrder {

    /**
     * One thing to stop.
     *
     * @param atMost time after which the next step begins, finished or not
     */
    record Step(String name, Duration atMost, Supplier<? extends CompletionStage<?>> action) {}

    private final LongSupplier nanoTime;
    private final Consumer<String> say;

    StopOrder(LongSupplier nanoTime, Consumer<String> say) {
        this.nanoTime = nanoTime;
        this.say = say;
    }

    /** Waits for every step in turn, at most {@code atMost} in total. True when each ended successfully in time. */
    boolean run(List<Step> steps, Duration atMost) {
        long began = nanoTime.getAsLong();
        boolean well = true;
        for (Step step : steps) {
            long left = atMost.toNanos() - (nanoTime.getAsLong() - began);
            well &= run(step, Math.max(0, Math.min(left, step.atMost().toNanos())));
        }
        return well;
    }

    private boolean run(Step step, long nanos) {
        long began = nanoTime.getAsLong();
        String how;
        boolean well = false;
        try {
            step.action().get().toCompletableFuture().get(nanos, TimeUnit.NANOSECONDS);
            how = "done";
            well = true;
        } catch (TimeoutException e) {
            how = "not finished in time";
        } catch (ExecutionException | RuntimeException e) {
            how = "failed, cause [" + FailureText.oneLine(e) + "]";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            how = "interrupted";
        }
        say.accept("stop: " + step.name() + ": " + how + " after ["
                + TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - began) + " ms]");
        return well;
    }
}
