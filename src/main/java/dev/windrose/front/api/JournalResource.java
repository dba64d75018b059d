package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.StateHash;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Permission;
import dev.windrose.model.RegionId;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code GET /api/v1/journal}: one hash of this node's state, which a replay of the journal must reproduce. */
public final class JournalResource implements Resource {

    private final RegionId self;
    private final Director director;

    public JournalResource(RegionId self, Director director) {
        this.self = self;
        this.director = director;
    }

    @Override
    public void addTo(Router router) {
        router.add("GET", "/api/v1/journal", Permission.READ, this::show);
    }

    private CompletionStage<HttpResponse> show(Call call) {
        call.onlyQueries();
        Map<DefinitionKey, DefinitionState> states = director.catalog().states();
        ObjectNode json = Json.object();
        json.put("region", self.value());
        json.put("definitions", states.size());
        json.put(
                "existing",
                states.values().stream().filter(DefinitionState::exists).count());
        json.put("state_hash", StateHash.of(states));
        json.put("data_age_ms", director.dataAgeMs());
        return Reply.now(Reply.json(json));
    }
}
