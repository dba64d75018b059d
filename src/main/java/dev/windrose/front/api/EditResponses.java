package dev.windrose.front.api;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.ConsistencyCheck;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Call;
import dev.windrose.front.web.EditProblem;
import dev.windrose.front.web.Gate;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Reply;
import dev.windrose.front.web.Visibility;
import dev.windrose.live.edit.EditOutcome;
import dev.windrose.live.edit.EditRequest;
import dev.windrose.live.edit.Editor;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Submits edits, and maps their outcomes to HTTP responses. */
public final class EditResponses {

    private final Editor editor;
    private final Director director;
    private final Gate gate;
    private final EditWarnings warned;

    public EditResponses(Editor editor, Set<RegionId> regions, Director director, Gate gate) {
        this.editor = editor;
        this.director = director;
        this.gate = gate;
        this.warned = new EditWarnings(regions, director, gate);
    }

    /** Authorization. */
    Gate gate() {
        return gate;
    }

    /** Warnings. */
    EditWarnings warned() {
        return warned;
    }

    /** The edit of a call, with its revision and reason. */
    static EditRequest asked(Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields) {
        return asked(call, key, kind, fields, call.ifMatch());
    }

    private static EditRequest asked(
            Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields, @Nullable String revision) {
        return new EditRequest(key, kind, fields, revision, call.reason(), call.request(key));
    }

    /** The state after the edit; fails with a {@link Problem} when it was refused. */
    CompletionStage<DefinitionState> submit(
            Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields) {
        return outcome(call, asked(call, key, kind, fields))
                .thenApply(outcome -> EditProblem.done(key, EditProblem.Doing.CHANGE, outcome));
    }

    /** A definition before and after an edit. */
    record Edited(DefinitionState before, DefinitionState after) {}

    /**
     * Merges something into a definition. Concurrent changes are merged with, not overwritten.
     *
     * @param merges whether the result depends on the current definition
     */
    CompletionStage<Edited> patched(
            Call call, DefinitionKey key, boolean merges, DefinitionState now, Editor.Merge merge) {
        return editor.merge(
                        call.writer(),
                        asked(call, key, Change.Kind.CHANGED, Map.of()),
                        call.written(),
                        merges,
                        now,
                        merge)
                .thenApply(merged ->
                        new Edited(merged.before(), EditProblem.done(key, EditProblem.Doing.CHANGE, merged.outcome())));
    }

    /** The outcome of the edit. */
    CompletionStage<EditOutcome> outcome(
            Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields, @Nullable String revision) {
        return outcome(call, asked(call, key, kind, fields, revision));
    }

    /** The same for an edit with its own description. */
    CompletionStage<EditOutcome> outcome(Call call, EditRequest edit) {
        return editor.edit(call.writer(), edit, call.written());
    }

    /** The same for one of several edits of a call. */
    CompletionStage<EditOutcome> outcome(
            Call call,
            DefinitionKey key,
            Change.Kind kind,
            Map<String, String> fields,
            @Nullable String revision,
            ConsistencyCheck set) {
        return editor.edit(call.writer(), asked(call, key, kind, fields, revision), call.written(), set);
    }

    /** Refuses several edits that would together make other definitions inconsistent. */
    ConsistencyCheck requireFitting(Call call, Map<DefinitionKey, DefinitionState> edited) {
        Catalog now = director.catalog();
        ConsistencyCheck set = editor.fitting(call.writer(), now, edited);
        EditOutcome.NotDone unfit = editor.unfit(set, now, edited.keySet());
        if (unfit != null) {
            throw EditProblem.unfit(unfit);
        }
        return set;
    }

    /** Whether rules may name the region although it is not registered. */
    boolean knownElsewhere(RegionId region) {
        return editor.knownElsewhere(region);
    }

    /** Refuses unknown regions: a misspelt target would never serve. */
    void knownRegions(String field, Collection<String> regions) {
        knownRegions(field, regions, Visibility.WHOLE);
    }

    /** The same; regions that the caller may not see count as unknown. */
    void knownRegions(String field, Collection<String> regions, Visibility sight) {
        for (String region : regions) {
            if (!known(region) || !(sight.names(new RegionId(region)) || knownElsewhere(new RegionId(region)))) {
                throw Problem.unknownReference(field + ": '" + region
                        + "' (expected: a region of the cluster, of a public cloud, or registered with PUT"
                        + " /api/v1/regions/" + region + ")");
            }
        }
    }

    boolean known(String region) {
        RegionId id = new RegionId(region);
        return director.catalog().regions().containsKey(id) || knownElsewhere(id);
    }

    /** The written definition, as JSON. */
    interface Shown {
        ObjectNode of(DefinitionState state);
    }

    /**
     * PUT: replaces an existing definition, else creates it; with If-Match, a revision that the client has not seen is
     * not replaced.
     *
     * @param seen the revision in the body itself; null for none
     */
    CompletionStage<HttpResponse> replaced(
            Call call,
            @Nullable String seen,
            DefinitionKey key,
            Map<String, String> fields,
            String location,
            Shown shown) {
        String match = call.ifMatch();
        String revision = match == null ? seen : match;
        EditRequest edit = asked(call, key, Change.Kind.CHANGED, fields, revision);
        return editor.replace(call.writer(), edit, call.written()).thenApply(replaced -> {
            DefinitionState state = EditProblem.done(key, EditProblem.Doing.REPLACE, replaced.outcome());
            ObjectNode json = warned.add(shown.of(state), call, key, state);
            return replaced.created() ? Reply.created(location, json, state) : Reply.tagged(json, state);
        });
    }

    static void sameName(Body body, String field, String name) {
        if (body.has(field) && !body.name(field).equals(name)) {
            throw Problem.invalid(field + ": differs from the path (expected: '" + name + "')");
        }
    }
}
