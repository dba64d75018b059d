package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.definition.SupersededChanges;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Gate;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.live.edit.Editor;
import dev.windrose.live.journal.JournalHistory;
import dev.windrose.model.DefinitionKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * {@code GET /api/v1/rules/{rule_id}/history} and the same for geographic rules and regions: all changes with author,
 * time and reason, newest first; and with {@code ?at=} the definition at an instant.
 */
public final class HistoryResource implements Resource {

    private static final int USUAL = 100;
    private static final int AT_MOST = 10_000;

    /** A stamp this much later than its record comes from a wrong clock. */
    private static final long CLOCK_AHEAD_MS = 10_000;

    private final HistoricalDefinitions past;
    private final Gate gate;

    public HistoryResource(HistoricalDefinitions past, Gate gate) {
        this.past = past;
        this.gate = gate;
    }

    @Override
    public void addTo(Router router) {
        add(router, "/api/v1/rules", call -> DefinitionKey.rule(call.ruleId(0)));
        add(router, "/api/v1/geographic-rules", call -> DefinitionKey.geographicRule(call.ruleId(0)));
        add(router, "/api/v1/regions", call -> DefinitionKey.region(call.regionId(0)));
    }

    private void add(Router router, String path, Function<Call, DefinitionKey> key) {
        Router.Match now = router.match("GET", path + "/any");
        router.add(
                        "GET",
                        path + "/*",
                        now.permission(),
                        now.scope(),
                        call -> call.query("at") == null ? now.handler().answer(call) : then(call, key.apply(call)))
                .add("GET", path + "/*/history", now.permission(), now.scope(), call -> answer(call, key.apply(call)));
    }

    private CompletionStage<HttpResponse> answer(Call call, DefinitionKey key) {
        call.onlyQueries("limit", "offset");
        gate.requireSight(call, key);
        int offset = (int) call.query("offset", 0, Integer.MAX_VALUE, 0);
        int limit = (int) call.query("limit", 1, AT_MOST, USUAL);
        return past.entries(key).thenApply(entries -> {
            if (entries.isEmpty()) {
                throw Problem.unknown(Editor.what(key), key.name());
            }
            return Reply.json(shown(key, entries, offset, limit));
        });
    }

    private CompletionStage<HttpResponse> then(Call call, DefinitionKey key) {
        call.onlyQueries("at");
        gate.requireSight(call, key);
        Instant at = HistoricalDefinitions.instant(call, "at");
        return past.entries(key)
                .thenApply(entries -> Reply.json(shownAt(key, entries, at == null ? Instant.EPOCH : at)));
    }

    /** The definition at the instant; 404 when it did not exist. */
    private ObjectNode shownAt(DefinitionKey key, List<JournalHistory.Entry> entries, Instant at) {
        DefinitionState state = HistoricalDefinitions.at(entries, at);
        ObjectNode json = past.shown(key, state);
        if (json == null) {
            throw Problem.of(
                    Problem.Kind.UNKNOWN,
                    Editor.what(key) + ": '" + key.name() + "' did not exist at " + at
                            + " (expected: a time when it existed)");
        }
        return json.put("at", at.toString());
    }

    private static ObjectNode shown(DefinitionKey key, List<JournalHistory.Entry> entries, int offset, int limit) {
        ObjectNode json = Json.object();
        json.put("type", key.kind().prefix()).put("id", key.name());
        ArrayNode changes = json.putArray("changes");
        Map<Stamp, Change> superseded = SupersededChanges.of(
                entries.stream().map(JournalHistory.Entry::change).toList());
        for (int i = entries.size() - 1 - offset; i >= 0 && changes.size() < limit; i--) {
            JournalHistory.Entry entry = entries.get(i);
            ObjectNode change = changes.addObject();
            change.put("at", Json.time(entry.change().stamp().epochMs()));
            change.put("region", entry.change().stamp().region());
            // A later version may know kinds that this one does not.
            change.put("action", String.valueOf(entry.change().kind()).toLowerCase(java.util.Locale.ROOT));
            change.put("author", entry.change().author());
            change.put("reason", entry.change().reason());
            change.put("recorded_at", Json.time(entry.writtenEpochMs()));
            ObjectNode fields = change.putObject("fields");
            new java.util.TreeMap<>(entry.change().fields()).forEach(fields::put);
            if (entry.change().stamp().epochMs() - entry.writtenEpochMs() > CLOCK_AHEAD_MS) {
                change.put("clock_ahead", true);
            }
            Change by = superseded.get(entry.change().stamp());
            if (by != null) {
                change.putObject("superseded_by")
                        .put("at", Json.time(by.stamp().epochMs()))
                        .put("region", by.stamp().region())
                        .put("author", by.author())
                        .put("reason", by.reason());
            }
        }
        json.put("total_changes", entries.size());
        return json;
    }
}
