package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.Conflict;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Scope;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Permission;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/**
 * {@code GET /api/v1/conflicts}: acknowledged changes that lost a merge; and {@code DELETE
 * /api/v1/conflicts/{definition}}: acknowledges them.
 */
public final class ConflictResource implements Resource {

    private static final String PATH = "/api/v1/conflicts";

    private final Director director;
    private final HttpSettings settings;
    private final EditResponses edits;

    public ConflictResource(Director director, HttpSettings settings, EditResponses edits) {
        this.director = director;
        this.settings = settings;
        this.edits = edits;
    }

    @Override
    public void addTo(Router router) {
        router.add("GET", PATH, Permission.READ, Scope.EACH, this::list)
                .add("DELETE", PATH + "/*", Permission.EDIT, Scope.EDITED, this::acknowledge);
    }

    private CompletionStage<HttpResponse> list(Call call) {
        call.onlyQueries("limit", "offset");
        long offset = call.query("offset", 0, Integer.MAX_VALUE, 0);
        long limit = call.query("limit", 1, settings.pageSize(), settings.pageSize());
        ObjectNode json = Json.object();
        ArrayNode definitions = json.putArray("definitions");
        List<Map.Entry<DefinitionKey, DefinitionState>> found = new TreeMap<>(
                        director.catalog().states())
                .entrySet().stream()
                        .filter(each -> sees(call, each.getKey()))
                        .filter(each -> !Conflict.of(each.getValue()).isEmpty())
                        .toList();
        found.stream().skip(offset).limit(limit).forEach(each -> {
            ObjectNode one = definitions.addObject();
            one.put("definition", each.getKey().entityId());
            one.put("exists", each.getValue().exists());
            ConflictBodies.show(one, each.getKey(), each.getValue());
        });
        json.put("total_definitions", found.size());
        return Reply.now(Reply.json(json));
    }

    private boolean sees(Call call, DefinitionKey key) {
        return key.kind() == DefinitionKey.Kind.KEY
                ? call.principal().mayEverywhere(Permission.ADMINISTER)
                : edits.gate().sees(call, key);
    }

    private CompletionStage<HttpResponse> acknowledge(Call call) {
        DefinitionKey key;
        try {
            key = DefinitionKey.parse(call.variable(0));
        } catch (IllegalArgumentException e) {
            throw Problem.unknown("definition", call.variable(0));
        }
        if (key.kind() == DefinitionKey.Kind.KEY && !call.principal().mayEverywhere(Permission.ADMINISTER)) {
            // Before the lookup: the refusal must not reveal which keys exist.
            throw Problem.of(Problem.Kind.FORBIDDEN, "definition: a key (expected: a grant of admin)");
        }
        DefinitionState state = director.catalog().states().get(key);
        if (state == null || !(sees(call, key) || state.exists())) {
            throw Problem.unknown("definition", call.variable(0));
        }
        return edits.submit(call, key, Change.Kind.ACKNOWLEDGED, Map.of()).thenApply(acknowledged -> Reply.nothing());
    }
}
