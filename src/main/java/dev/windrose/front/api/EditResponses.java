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

    /** Who may do what. */
    Gate gate() {
        return gate;
    }

    /** What is probably not meant. */
    EditWarnings warned() {
        return warned;
    }

    /** The edit as a call asks for it, with its revision and reason. */
    static EditRequest asked(Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields) {
        return new EditRequest(key, kind, fields, call.ifMatch(), call.reason(), call.request(key));
    }

    /** The state after the edit; fails with a {@link Problem} when it was not done. */
    CompletionStage<DefinitionState> submit(
            Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields) {
        return outcome(call, asked(call, key, kind, fields))
                .thenApply(outcome -> EditProblem.done(key, EditProblem.Doing.CHANGE, outcome));
    }

    /** A definition before and after an edit. */
    record Edited(DefinitionState before, DefinitionState after) {}

    /**
     * Merges something into a definition. What others write in the meantime is merged with, and not overwritten.
     *
     * @param merges whether what is written depends on what is there
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

    /** How the edit ended. */
    CompletionStage<EditOutcome> outcome(
            Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields, @Nullable String revision) {
        return outcome(call, new EditRequest(key, kind, fields, revision, call.reason(), call.request(key)));
    }

    /** The same for an edit that is asked for in words of its own. */
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
        return editor.edit(
                call.writer(),
                new EditRequest(key, kind, fields, revision, call.reason(), call.request(key)),
                call.written(),
                set);
    }

    /** Refuses several edits that would break what other definitions say once all of them are made. */
    ConsistencyCheck requireFitting(Call call, Map<DefinitionKey, DefinitionState> edited) {
        Catalog now = director.catalog();
        ConsistencyCheck set = editor.fitting(call.writer(), now, edited);
        EditOutcome.NotDone unfit = editor.unfit(set, now, edited.keySet());
        if (unfit != null) {
            throw EditProblem.unfit(unfit);
        }
        return set;
    }

    /** Whether rules may name the region though nobody registered it. */
    boolean knownElsewhere(RegionId region) {
        return editor.knownElsewhere(region);
    }

    /** Refuses regions that nobody has heard of: a misspelt target would never serve. */
    void knownRegions(String field, Collection<String> regions) {
        knownRegions(field, regions, Visibility.WHOLE);
    }

    /** The same; what the caller may not hear of is as what nobody has heard of. */
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

    /** What was written, as JSON. */
    interface Shown {
        ObjectNode of(DefinitionState state);
    }

    /**
     * PUT: replaces what exists, else creates; what the client has not seen is not replaced when it gives If-Match.
     *
     * @param seen the revision that the body itself tells; null when it does not
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
        EditRequest edit =
                new EditRequest(key, Change.Kind.CHANGED, fields, revision, call.reason(), call.request(key));
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
