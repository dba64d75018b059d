package dev.windrose.front.http;

import dev.windrose.decide.rule.Catalog;
import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.Fitting;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.live.edit.EditOutcome;
import dev.windrose.live.edit.EditRequest;
import dev.windrose.live.edit.Editor;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Hands edits to where they are written, and says in the words of HTTP how they ended. */
final class Edits {

    private final ApiParts parts;
    private final Gate gate;
    private final Warned warned;

    Edits(ApiParts parts, Gate gate) {
        this.parts = parts;
        this.gate = gate;
        this.warned = new Warned(parts, gate);
    }

    /** Who may do what. */
    Gate gate() {
        return gate;
    }

    /** What is probably not meant. */
    Warned warned() {
        return warned;
    }

    /** The edit as a call asks for it, with its revision and reason. */
    static EditRequest asked(Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields) {
        return new EditRequest(key, kind, fields, call.ifMatch(), call.reason(), call.request(key));
    }

    /** The state after the edit; fails with a {@link Problem} when it was not done. */
    CompletionStage<RuleState> submit(Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields) {
        return outcome(call, asked(call, key, kind, fields))
                .thenApply(outcome -> EditProblem.done(key, EditProblem.Doing.CHANGE, outcome));
    }

    /** A definition before and after an edit. */
    record Edited(RuleState before, RuleState after) {}

    /**
     * Merges something into a definition. What others write in the meantime is merged with, and not overwritten.
     *
     * @param merges whether what is written depends on what is there
     */
    CompletionStage<Edited> patched(Call call, DefinitionKey key, boolean merges, RuleState now, Editor.Merge merge) {
        return parts.editor()
                .merge(
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
        return parts.editor().edit(call.writer(), edit, call.written());
    }

    /** The same for one of several edits of a call. */
    CompletionStage<EditOutcome> outcome(
            Call call,
            DefinitionKey key,
            Change.Kind kind,
            Map<String, String> fields,
            @Nullable String revision,
            Fitting set) {
        return parts.editor()
                .edit(
                        call.writer(),
                        new EditRequest(key, kind, fields, revision, call.reason(), call.request(key)),
                        call.written(),
                        set);
    }

    /** Refuses several edits that would break what other definitions say once all of them are made. */
    Fitting requireFitting(Call call, Map<DefinitionKey, RuleState> edited) {
        Catalog now = parts.director().catalog();
        Fitting set = parts.editor().fitting(call.writer(), now, edited);
        EditOutcome.NotDone unfit = parts.editor().unfit(set, now, edited.keySet());
        if (unfit != null) {
            throw EditProblem.unfit(unfit);
        }
        return set;
    }

    /** Whether rules may name the region though nobody registered it. */
    static boolean knownElsewhere(ApiParts parts, RegionId region) {
        return parts.editor().knownElsewhere(region);
    }

    /** Refuses regions that nobody has heard of: a misspelt target would never serve. */
    void knownRegions(String field, Collection<String> regions) {
        knownRegions(field, regions, Visibility.WHOLE);
    }

    /** The same; what the caller may not hear of is as what nobody has heard of. */
    void knownRegions(String field, Collection<String> regions, Visibility sight) {
        for (String region : regions) {
            if (!known(region) || !(sight.names(new RegionId(region)) || knownElsewhere(parts, new RegionId(region)))) {
                throw Problem.unknownReference(field + ": '" + region
                        + "' (expected: a region of the cluster, of a public cloud, or registered with PUT"
                        + " /api/v1/regions/" + region + ")");
            }
        }
    }

    boolean known(String region) {
        RegionId id = new RegionId(region);
        return parts.director().catalog().regions().containsKey(id) || knownElsewhere(parts, id);
    }
}
