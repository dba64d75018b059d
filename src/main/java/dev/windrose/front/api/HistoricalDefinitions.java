package dev.windrose.front.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.live.journal.JournalHistory;
import dev.windrose.live.table.Director;
import dev.windrose.live.table.RuleCounts;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.Region;
import dev.windrose.model.Rule;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Definitions at past instants, from this region's journal. */
public final class HistoricalDefinitions {

    /** Maximum number of changes that one call may read. */
    private static final int CHANGES_AT_MOST = 200_000;

    private static final long RETRY_SECONDS = 2;

    private final Director director;
    private final HealthCheck defaults;
    private final Supplier<@Nullable JournalHistory> history;

    public HistoricalDefinitions(Director director, HealthCheck defaults, Supplier<@Nullable JournalHistory> history) {
        this.director = director;
        this.defaults = defaults;
        this.history = history;
    }

    /** The instant in a query, or null when absent. */
    static @Nullable Instant instant(Call call, String name) {
        String text = call.query(name);
        return text == null ? null : instant(text, name);
    }

    static Instant instant(String text, String name) {
        try {
            Instant instant = OffsetDateTime.parse(text).toInstant();
            if (instant.toEpochMilli() >= 0) {
                return instant;
            }
        } catch (DateTimeParseException | ArithmeticException e) {
            // Reported below, together with instants before the epoch.
        }
        throw Problem.invalid(name + ": '" + Json.shortened(text)
                + "' (expected: an ISO 8601 time with a zone, such as 2026-01-31T12:00:00Z)");
    }

    /** All changes of one definition, in the order in which this region recorded them. */
    CompletionStage<List<JournalHistory.Entry>> entries(DefinitionKey key) {
        return entries(List.of(key)).thenApply(all -> all.get(0));
    }

    /** The same of several, in their order. */
    CompletionStage<List<List<JournalHistory.Entry>>> entries(List<DefinitionKey> keys) {
        JournalHistory history = this.history.get();
        if (history == null) {
            throw Problem.unavailable(
                    "the control plane of this node is not running, so the journal is unavailable; retry",
                    RETRY_SECONDS);
        }
        return history.of(keys.stream().map(DefinitionKey::entityId).toList(), CHANGES_AT_MOST)
                .exceptionally(failure -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    throw cause instanceof JournalHistory.TooLong
                            ? Problem.invalid("history: " + cause.getMessage()
                                    + " (expected: fewer; ask for one definition, or use windrose journal replay)")
                            : Problem.unavailable("the journal of this region does not answer; retry", RETRY_SECONDS);
                });
    }

    /** The states of some definitions at an instant. */
    CompletionStage<Map<DefinitionKey, DefinitionState>> states(Collection<DefinitionKey> of, Instant at) {
        List<DefinitionKey> keys = List.copyOf(of);
        return entries(keys).thenApply(all -> {
            Map<DefinitionKey, DefinitionState> states = new HashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                states.put(keys.get(i), at(all.get(i), at));
            }
            return states;
        });
    }

    static DefinitionState at(List<JournalHistory.Entry> entries, Instant at) {
        List<dev.windrose.decide.definition.PointInTime.Recorded> changes = entries.stream()
                .map(entry ->
                        new dev.windrose.decide.definition.PointInTime.Recorded(entry.change(), entry.writtenEpochMs()))
                .toList();
        return dev.windrose.decide.definition.PointInTime.at(changes, at.toEpochMilli());
    }

    /**
     * Everything that affects one rule's decisions at an instant: the rule itself, all geographic rules, all regions.
     */
    CompletionStage<Catalog> deciding(Collection<DefinitionKey> rules, Instant at) {
        List<DefinitionKey> keys = new ArrayList<>(rules);
        director.catalog().states().keySet().stream()
                .filter(key ->
                        key.kind() == DefinitionKey.Kind.GEOGRAPHIC_RULE || key.kind() == DefinitionKey.Kind.REGION)
                .forEach(keys::add);
        return states(keys, at).thenApply(states -> Catalog.empty(defaults).with(states));
    }

    /** A definition as answers show it; null when it does not exist, and for a key. */
    @Nullable
    ObjectNode shown(DefinitionKey key, DefinitionState state) {
        String name = key.name();
        switch (key.kind()) {
            case RULE -> {
                Rule rule = DefinitionCodec.rule(name, state, defaults);
                return rule == null ? null : RuleBodies.shown(rule, state, RuleCounts.NONE);
            }
            case GEOGRAPHIC_RULE -> {
                GeographicRule rule = DefinitionCodec.geographicRule(name, state);
                return rule == null ? null : GeographicRuleBodies.shown(rule, state, 0);
            }
            case REGION -> {
                Region region = DefinitionCodec.region(name, state);
                return region == null ? null : RegionBodies.shown(region, state);
            }
            case KEY -> {
                return null;
            }
        }
        throw new IllegalStateException("kind: " + key.kind());
    }
}
