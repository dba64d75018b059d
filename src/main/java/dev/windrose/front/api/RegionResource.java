package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.HttpSettings;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.MergePatch;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.ReadOnlyFields;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Resource;
import dev.windrose.front.web.Router;
import dev.windrose.front.web.Scope;
import dev.windrose.live.edit.Editor;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Identifier;
import dev.windrose.model.Permission;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code /api/v1/regions}: regions, their locations and endpoints. */
public final class RegionResource implements Resource {

    private static final String PATH = "/api/v1/regions";

    private final Director director;
    private final HttpSettings settings;
    private final EditResponses edits;

    public RegionResource(Director director, HttpSettings settings, EditResponses edits) {
        this.director = director;
        this.settings = settings;
        this.edits = edits;
    }

    @Override
    public void addTo(Router router) {
        router.add("GET", PATH, Permission.READ, this::list)
                .add("GET", PATH + "/*", Permission.READ, Scope.REGION, this::get)
                .add("PUT", PATH + "/*", Permission.EDIT, Scope.EDITED, this::put)
                .add("PATCH", PATH + "/*", Permission.EDIT, Scope.EDITED, this::patch)
                .add("DELETE", PATH + "/*", Permission.EDIT, Scope.EDITED, this::delete);
    }

    private CompletionStage<HttpResponse> list(Call call) {
        call.onlyQueries("limit", "offset");
        long offset = call.query("offset", 0, Integer.MAX_VALUE, 0);
        long limit = call.query("limit", 1, settings.pageSize(), settings.pageSize());
        Catalog catalog = director.catalog();
        ObjectNode json = Json.object();
        ArrayNode shown = json.putArray("regions");
        catalog.regions().values().stream()
                .skip(offset)
                .limit(limit)
                .forEach(region -> shown.add(shownNow(region, state(catalog, region.id()))));
        json.put("total_regions", catalog.regions().size());
        return Reply.now(Reply.json(json));
    }

    private CompletionStage<HttpResponse> get(Call call) {
        call.onlyQueries();
        Catalog catalog = director.catalog();
        RegionId id = id(call);
        Region region = catalog.regions().get(id);
        if (region == null) {
            throw Problem.unknown("region_id", id.value());
        }
        ObjectNode json = edits.warned().add(shownNow(region, state(catalog, id)), call, DefinitionKey.region(id));
        return Reply.now(Reply.tagged(json, state(catalog, id)));
    }

    private CompletionStage<HttpResponse> put(Call call) {
        RegionId id = newId(call);
        DefinitionKey key = DefinitionKey.region(id);
        Region before = director.catalog().regions().get(id);
        edits.gate().requireReplace(call, key);
        ReadOnlyFields.Left left = ReadOnlyFields.without(
                call.json(), before == null ? null : RegionBodies.shown(before, state(director.catalog(), id)));
        Body body = RegionBodies.read(left.body());
        sameRegion(body, id);
        Map<String, String> fields = RegionBodies.whole(body);
        return edits.replaced(
                call, left.revision(), key, fields, PATH + "/" + id, state -> RegionBodies.shown(id, state));
    }

    private CompletionStage<HttpResponse> patch(Call call) {
        RegionId id = id(call);
        ObjectNode patch = call.json();
        Body body = RegionBodies.read(patch);
        sameRegion(body, id);
        // Keys that the body only takes away are to be known as well.
        body.inner("coordinate", RegionBodies.PLACE);
        DefinitionKey key = DefinitionKey.region(id);
        // Before it is merged: what is wrong with the result would tell what is there.
        edits.gate().requireEdit(call, key);
        DefinitionState before = state(director.catalog(), id);
        return edits.patched(call, key, MergePatch.merges(patch), before, now -> {
                    Map<String, String> fields = new HashMap<>(RegionBodies.changes(
                            RegionBodies.read(MergePatch.named(patch, RegionBodies.shown(id, now)))));
                    fields.putAll(MergePatch.removed(patch, RegionBodies.DEFAULTS, List.of("region_id")));
                    if (fields.isEmpty()) {
                        throw Problem.invalid("body: no changes (expected: at least one field besides region_id)");
                    }
                    return new Editor.Texts(Change.Kind.CHANGED, fields);
                })
                .thenApply(edited -> Reply.tagged(
                        edits.warned().add(RegionBodies.shown(id, edited.after()), call, key, edited.after()),
                        edited.after()));
    }

    private CompletionStage<HttpResponse> delete(Call call) {
        RegionId id = id(call);
        return edits.submit(call, DefinitionKey.region(id), Change.Kind.REMOVED, Map.of())
                .thenApply(state -> Reply.nothing());
    }

    private static RegionId id(Call call) {
        return call.regionId(0);
    }

    private static void sameRegion(Body body, RegionId id) {
        if (body.has("region_id") && !body.region("region_id").equals(id.value())) {
            throw Problem.invalid("region_id: differs from the path (expected: '" + id + "')");
        }
    }

    private static RegionId newId(Call call) {
        String name = call.variable(0).toLowerCase(Locale.ROOT);
        if (!Identifier.FORM.matcher(name).matches()) {
            throw Problem.invalid("region_id: '" + Json.shortened(name)
                    + "' (expected: 1 to 63 of a-z, 0-9, '.', '_', '-', such as eu-west-1)");
        }
        return new RegionId(name);
    }

    private static DefinitionState state(Catalog catalog, RegionId id) {
        return catalog.states().getOrDefault(DefinitionKey.region(id), DefinitionState.EMPTY);
    }

    /** As stored, and the capacity that holds at present: less than what was declared where less was learned. */
    private ObjectNode shownNow(Region region, DefinitionState state) {
        ObjectNode json = RegionBodies.shown(region, state);
        for (Region bounded : director.regions()) {
            if (bounded.id().equals(region.id())) {
                RegionBodies.bound(json, "capacity_now", bounded.capacity());
            }
        }
        return json;
    }
}
