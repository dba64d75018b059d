package dev.windrose.live.edit;

import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.IdempotencyKey;
import dev.windrose.decide.failover.EvacuationPlan;
import dev.windrose.decide.failover.EvacuationSteps;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Evacuation;
import dev.windrose.model.HealthOverride;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts and undoes evacuations, and records how they end. An evacuation starts only if, by what this node knows, it
 * harms no clients; it is supervised from then on. Safe for all threads.
 */
public final class EvacuationEditor {

    /** The outcome of a request to evacuate a region. */
    public sealed interface Start {}

    /** Refused: one is already running. */
    public record Running() implements Start {}

    /** Refused: an override is in force. */
    public record Overridden(HealthOverride override) implements Start {}

    /** Refused: it would harm clients. */
    public record Harmful(EvacuationPlan plan) implements Start {}

    /** It was sent to the journal. */
    public record Begun(Evacuation evacuation, EvacuationPlan plan, EditOutcome outcome) implements Start {}

    /** How a person's request asks for the edit; see {@link EditRequest}. */
    public record Asked(
            Writer.Person writer,
            @Nullable String revision,
            String reason,
            IdempotencyKey request,
            RequestEdits written) {}

    private final Editor editor;
    private final Function<RegionId, EvacuationPlan> planner;
    private final LongSupplier epochMs;

    /**
     * An editor of evacuations.
     *
     * @param planner computes the effect of evacuating a region
     * @param epochMs wall clock, for the recorded start and end of evacuations
     */
    public EvacuationEditor(Editor editor, Function<RegionId, EvacuationPlan> planner, LongSupplier epochMs) {
        this.editor = editor;
        this.planner = planner;
        this.epochMs = epochMs;
    }

    /** Evacuates a region, if that harms no clients. */
    public CompletionStage<Start> start(Asked by, Region region, DefinitionState state, EvacuationSteps.Terms terms) {
        Evacuation before = DefinitionCodec.evacuation(state);
        if (before != null && before.phase() == Evacuation.Phase.RUNNING) {
            return CompletableFuture.completedFuture(new Running());
        }
        long now = epochMs.getAsLong();
        HealthOverride override = region.override();
        if (override != null && override.inForce(now)) {
            return CompletableFuture.completedFuture(new Overridden(override));
        }
        EvacuationPlan plan = planner.apply(region.id());
        if (!plan.safe()) {
            return CompletableFuture.completedFuture(new Harmful(plan));
        }
        Evacuation begun = EvacuationSteps.begun(terms, now);
        return editor.edit(
                        by.writer(),
                        new EditRequest(
                                DefinitionKey.region(region.id()),
                                Change.Kind.CHANGED,
                                EvacuationSteps.begin(begun),
                                by.revision(),
                                by.reason(),
                                by.request()),
                        by.written())
                .thenApply(outcome -> new Begun(begun, plan, outcome));
    }

    /** Undoes an evacuation. */
    public CompletionStage<EditOutcome> undo(Asked by, Region region, Evacuation evacuation) {
        Evacuation undone = EvacuationSteps.undone(evacuation, by.writer().author(), epochMs.getAsLong());
        return editor.edit(
                by.writer(),
                new EditRequest(
                        DefinitionKey.region(region.id()),
                        Change.Kind.CHANGED,
                        EvacuationSteps.undo(undone, region),
                        by.revision(),
                        by.reason(),
                        by.request()),
                by.written());
    }

    /**
     * Records how one has ended, unless the region has changed.
     *
     * @param state of the region from which the end was determined
     */
    public CompletionStage<EditOutcome> end(
            Writer.Automatic writer, RegionId region, DefinitionState state, Evacuation ended) {
        return editor.edit(
                writer,
                new EditRequest(
                        DefinitionKey.region(region),
                        Change.Kind.CHANGED,
                        EvacuationSteps.end(ended),
                        state.revision(),
                        "evacuation: " + ended.cause(),
                        null));
    }
}
