package dev.windrose.live.table;

import dev.windrose.decide.definition.Catalog;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Callers that wait until this node decides by a change. Notified whenever a new catalog comes into force. Safe for all
 * threads.
 */
final class CatalogArrivals {

    private record Waiting(Predicate<Catalog> has, CompletableFuture<@Nullable Void> told) {}

    private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();

    void inForce(Catalog catalog) {
        for (Waiting each : waiting) {
            if (each.has().test(catalog)) {
                each.told().complete(null);
            }
        }
    }

    /** @param now the catalog in force */
    CompletionStage<@Nullable Void> when(Predicate<Catalog> has, Supplier<Catalog> now, Duration atMost) {
        if (has.test(now.get())) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<@Nullable Void> told = new CompletableFuture<>();
        Waiting each = new Waiting(has, told);
        waiting.add(each);
        told.completeOnTimeout(null, atMost.toMillis(), TimeUnit.MILLISECONDS);
        // It may have arrived between the check and the wait.
        if (has.test(now.get())) {
            told.complete(null);
        }
        return told.whenComplete((done, failure) -> waiting.remove(each));
    }
}
