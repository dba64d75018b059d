package dev.windrose.live.edit;

import dev.windrose.decide.access.Rights;
import dev.windrose.decide.audit.AuditEvent;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.ConsistencyCheck;
import dev.windrose.decide.definition.DefinitionChecks;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.ManifestPlan;
import dev.windrose.decide.geo.RegionCatalogue;
import dev.windrose.live.definition.DefinitionGateway;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The single path by which definitions are edited, by people, failovers, evacuations and the optimiser alike. It is the
 * only caller of {@link DefinitionGateway#submit}. The steps of an edit, in order:
 *
 * <ol>
 * <li><b>Authorization.</b> The grants of a {@link Writer.Person} must cover the definition before and after the edit.
 * An {@link Writer.Automatic} has no grants: it writes by the authority of its node, and only what its own code writes.
 * <li><b>Consistency.</b> Other definitions must stay valid ({@link ConsistencyCheck}). Skipped for automatic writers:
 * they record what has happened to traffic, which is true whether or not it is consistent, and name no regions and no
 * checks.
 * <li><b>Freeze, revision, retries, and the definition's own validation</b> are decided by the definition's actor,
 * which alone sees edits in order. Only an edit that moves traffic away from a broken target is exempt from a freeze,
 * whoever writes it. Automatic writers give no {@link EditRequest#request()}: they check again and find what is done,
 * and the actor records the same failover once.
 * <li><b>Journal.</b> The region's journal stores the edit. The wait is bounded: after it, the outcome is unknown.
 * <li><b>Audit.</b> An automatic writer's edit is audited here. Edits of a person's request are collected in {@link
 * RequestEdits}; the front audits them together with the outcome of the request that they are part of.
 * <li><b>Own table.</b> A person's edit is answered once this node decides by it, because whoever wrote reads and
 * routes next; the keeper of the table notifies. The wait is at most 2 s: a late table does not undo the edit. Skipped
 * for automatic writers, which do not wait and check again anyway.
 * </ol>
 *
 * <p>Warnings are not a step: a valid but probably unintended setting stops no edit, and only people are told ({@link
 * dev.windrose.decide.definition.Warnings}).
 *
 * <p>The outcome is true. {@link EditOutcome.Done}: the journal has it. {@link EditOutcome.NotDone}: it did not happen
 * and will not. {@link EditOutcome.Unknown}: it was sent to the journal, and no answer came. Stages never fail.
 *
 * <p>Safe for all threads; never blocks.
 */
public final class Editor {

    private static final int MERGED_AT_MOST = 5;
    private static final int MISFITS_TOLD = 5;

    /** Longer than a swap of the table takes. */
    private static final Duration SEEN_AT_MOST = Duration.ofSeconds(2);

    private final Director director;
    private final Supplier<@Nullable DefinitionGateway> gateway;
    private final HealthCheck defaults;
    private final Set<RegionId> regions;
    private final Consumer<AuditEvent> audit;
    private final LongSupplier epochMs;
    private final Executor executor;

    /**
     * An editor.
     *
     * @param gateway to the journal; supplies null while writes are not possible
     * @param defaults the default check of rules
     * @param regions of the cluster
     * @param audit records edits of automatic writers; must not block
     * @param epochMs wall clock, for the audit
     * @param executor runs the continuation when the table has an edit
     */
    public Editor(
            Director director,
            Supplier<@Nullable DefinitionGateway> gateway,
            HealthCheck defaults,
            Set<RegionId> regions,
            Consumer<AuditEvent> audit,
            LongSupplier epochMs,
            Executor executor) {
        this.director = director;
        this.gateway = gateway;
        this.defaults = defaults;
        this.regions = Set.copyOf(regions);
        this.audit = audit;
        this.epochMs = epochMs;
        this.executor = executor;
    }

    /** An edit by an automatic writer. */
    public CompletionStage<EditOutcome> edit(Writer.Automatic writer, EditRequest edit) {
        return submitted(writer, edit).thenApply(outcome -> {
            if (outcome instanceof EditOutcome.Done done) {
                audited(writer, edit, done);
            }
            return outcome;
        });
    }

    /**
     * An edit by a person.
     *
     * @param written the request's edits so far; this edit is added
     */
    public CompletionStage<EditOutcome> edit(Writer.Person writer, EditRequest edit, RequestEdits written) {
        return edit(writer, edit, written, null);
    }

    /**
     * One of several edits by a person that are checked together.
     *
     * @param set all of them, from {@link #fitting}; null when the edit is checked by itself
     */
    public CompletionStage<EditOutcome> edit(
            Writer.Person writer, EditRequest edit, RequestEdits written, @Nullable ConsistencyCheck set) {
        EditOutcome refusal = refusal(writer, edit);
        if (refusal == null) {
            refusal = unfit(writer, edit, written, set);
        }
        if (refusal != null) {
            return CompletableFuture.completedFuture(refusal);
        }
        return submitted(writer, edit).thenCompose(outcome -> {
            if (outcome instanceof EditOutcome.Done done) {
                written.add(edit.key(), done);
                return seen(edit.key(), done);
            }
            return CompletableFuture.completedFuture(outcome);
        });
    }

    /** What a merge makes of a definition. */
    public record Texts(Change.Kind kind, Map<String, String> fields) {}

    /** Computes the fields to write from the current definition. */
    public interface Merge {
        Texts of(DefinitionState now);
    }

    /** A merge that was written, or was not, and the definition that it was made of. */
    public record Merged(DefinitionState before, EditOutcome outcome) {}

    /**
     * Merges something into a definition. Concurrent changes are merged with, not overwritten.
     *
     * @param edit of which the merge gives kind and fields
     * @param depends whether the result depends on the current definition
     * @param now the definition as the writer sees it
     */
    public CompletionStage<Merged> merge(
            Writer.Person writer,
            EditRequest edit,
            RequestEdits written,
            boolean depends,
            DefinitionState now,
            Merge merge) {
        return merge(writer, edit, written, depends && edit.revision() == null, now, merge, MERGED_AT_MOST);
    }

    private CompletionStage<Merged> merge(
            Writer.Person writer,
            EditRequest edit,
            RequestEdits written,
            boolean again,
            DefinitionState now,
            Merge merge,
            int triesLeft) {
        Texts texts = merge.of(now);
        String seen = again && now.exists() ? now.revision() : edit.revision();
        return edit(writer, edit.as(texts.kind(), texts.fields(), seen), written)
                .thenCompose(outcome -> {
                    DefinitionState other =
                            outcome instanceof EditOutcome.NotDone notDone && notDone.why() == EditOutcome.Why.STALE
                                    ? notDone.state()
                                    : null;
                    return again && other != null && triesLeft > 1
                            ? merge(writer, edit, written, true, other, merge, triesLeft - 1)
                            : CompletableFuture.completedFuture(new Merged(now, outcome));
                });
    }

    /** Whether a definition that was to be as its texts say was made for that, and how that ended. */
    public record Replaced(boolean created, EditOutcome outcome) {}

    /** Creates or replaces a definition with the edit's fields; with a revision it has to exist. */
    public CompletionStage<Replaced> replace(Writer.Person writer, EditRequest edit, RequestEdits written) {
        return edit(writer, edit.as(Change.Kind.CHANGED, edit.fields(), edit.revision()), written)
                .thenCompose(changed -> {
                    boolean made = changed instanceof EditOutcome.Done done && done.repeats() == Change.Kind.CREATED;
                    if (made || edit.revision() != null || !changed.isNotDone(EditOutcome.Why.MISSING)) {
                        return CompletableFuture.completedFuture(new Replaced(made, changed));
                    }
                    return edit(writer, edit.as(Change.Kind.CREATED, edit.fields(), null), written)
                            .thenApply(created -> new Replaced(true, created));
                });
    }

    /** Whether rules may name the region although it is not registered. */
    public boolean knownElsewhere(RegionId region) {
        return regions.contains(region) || RegionCatalogue.knows(region.value());
    }

    /** Checks edits that are made together, for {@link #edit(Writer.Person, EditRequest, RequestEdits,
     * ConsistencyCheck)}. */
    public ConsistencyCheck fitting(Writer.Person writer, Catalog now, Map<DefinitionKey, DefinitionState> edited) {
        Rights rights = new Rights(now);
        return new ConsistencyCheck(this::knownElsewhere, now, edited, key -> rights.sees(writer.principal(), key));
    }

    /** Why edits that are made together are inconsistent; null when they are consistent. */
    public EditOutcome.@Nullable NotDone unfit(ConsistencyCheck set, Catalog now, Collection<DefinitionKey> edited) {
        return unfit(edited.stream()
                .sorted(ManifestPlan.ORDER)
                .flatMap(key -> set.of(key, now).stream())
                .toList());
    }

    /** Why the writer may not make the edit; null when they may. */
    public EditOutcome.@Nullable NotDone refusal(Writer.Person writer, EditRequest edit) {
        return new Rights(director.catalog())
                        .edits(
                                writer.principal(),
                                writer.permission(),
                                writer.operated(),
                                edit.key(),
                                edit.kind(),
                                edit.fields())
                ? null
                : EditOutcome.NotDone.of(
                        EditOutcome.Why.FORBIDDEN, Rights.refusal(writer.principal(), writer.permission()));
    }

    private EditOutcome.@Nullable NotDone unfit(
            Writer.Person writer, EditRequest edit, RequestEdits written, @Nullable ConsistencyCheck set) {
        DefinitionKey key = edit.key();
        if (key.kind() != DefinitionKey.Kind.REGION && key.kind() != DefinitionKey.Kind.RULE) {
            return null;
        }
        Catalog catalog = director.catalog();
        if (set != null) {
            return unfit(set.of(key, catalog));
        }
        Catalog now = catalog.with(written.states());
        DefinitionState before = now.states().getOrDefault(key, DefinitionState.EMPTY);
        DefinitionState after = before.edited(edit.kind(), edit.fields());
        // A definition that is invalid by itself is refused by its actor, in one sentence.
        return DefinitionChecks.problems(key, before, after, defaults).isEmpty()
                ? unfit(fitting(writer, now, Map.of(key, after)).of(key, now))
                : null;
    }

    private static EditOutcome.@Nullable NotDone unfit(List<ConsistencyCheck.Misfit> misfits) {
        for (ConsistencyCheck.Misfit misfit : misfits) {
            if (misfit.inUse()) {
                return EditOutcome.NotDone.of(EditOutcome.Why.IN_USE, misfit.text());
            }
        }
        return misfits.isEmpty()
                ? null
                : EditOutcome.NotDone.of(
                        EditOutcome.Why.UNFIT,
                        misfits.stream()
                                .limit(MISFITS_TOLD)
                                .map(ConsistencyCheck.Misfit::text)
                                .collect(Collectors.joining("; ")));
    }

    private CompletionStage<EditOutcome> submitted(Writer writer, EditRequest edit) {
        DefinitionGateway open = gateway.get();
        if (open == null) {
            return CompletableFuture.completedFuture(
                    JournalAnswer.unavailable(
                            "the control plane of this node is not running, so nothing can be written; decisions continue; retry"));
        }
        DefinitionKey key = edit.key();
        DefinitionState here = director.catalog().state(key);
        DefinitionState made = edit.kind() == Change.Kind.CREATED ? here : null;
        // Its actor decides whether this request made it. Where the journal lost it, the revision prevents a second
        // creation.
        String only = made == null ? edit.revision() : made.revision();
        CompletionStage<DefinitionGateway.Outcome> answer;
        try {
            answer = open.submit(
                    key,
                    new DefinitionGateway.Edit(
                            edit.kind(), edit.fields(), only, writer.author(), edit.reason(), edit.request()));
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.handle((outcome, failure) -> {
            if (outcome == null) {
                return JournalAnswer.missing(failure);
            }
            return made != null && outcome.result() == DefinitionGateway.Result.STALE
                    ? new EditOutcome.NotDone(EditOutcome.Why.EXISTS, made, key.name() + " exists", Duration.ZERO)
                    : notHereYet(key, JournalAnswer.outcome(here == null ? DefinitionState.EMPTY : here, outcome));
        });
    }

    /** A definition that the journal knows as removed is gone; an unknown one may be in transit. */
    private EditOutcome notHereYet(DefinitionKey key, EditOutcome outcome) {
        DefinitionState known = director.catalog().state(key);
        return outcome instanceof EditOutcome.NotDone notDone
                        && notDone.why() == EditOutcome.Why.MISSING
                        && known != null
                        && notDone.state() != null
                        && known.merge(notDone.state()).exists()
                ? JournalAnswer.unavailable(
                        what(key) + ": '" + key.name()
                                + "' is not in this region's journal yet, which is still receiving it from other regions; retry")
                : outcome;
    }

    /** What the name of a definition is called. */
    public static String what(DefinitionKey key) {
        return switch (key.kind()) {
            case RULE, GEOGRAPHIC_RULE -> "rule_id";
            case REGION -> "region_id";
            case KEY -> "key";
        };
    }

    private CompletionStage<EditOutcome> seen(DefinitionKey key, EditOutcome.Done done) {
        DefinitionState written = done.after().withoutRequests();
        return director.whenCatalog(
                        catalog -> {
                            DefinitionState here = catalog.states().getOrDefault(key, DefinitionState.EMPTY);
                            return here.merge(written).equals(here);
                        },
                        SEEN_AT_MOST)
                .thenApplyAsync(known -> done, executor);
    }

    private void audited(Writer.Automatic writer, EditRequest edit, EditOutcome.Done done) {
        AuditedFields fields = AuditedFields.between(done.before(), done.after());
        if (done.repeats() == null && !fields.isEmpty()) {
            audit.accept(new AuditEvent(
                    epochMs.getAsLong(),
                    writer.author(),
                    "",
                    "",
                    "",
                    "",
                    200,
                    edit.key().entityId(),
                    fields.before(),
                    fields.after(),
                    edit.reason(),
                    1));
        }
    }
}
