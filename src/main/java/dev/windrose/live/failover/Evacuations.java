package dev.windrose.live.failover;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.failover.EvacuationProgress;
import dev.windrose.decide.failover.RecordingOrder;
import dev.windrose.decide.health.Outliers;
import dev.windrose.live.edit.EditOutcome;
import dev.windrose.live.edit.EvacuationEditor;
import dev.windrose.live.edit.Writer;
import dev.windrose.live.table.Director;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Evacuation;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Supervises running evacuations, from every node, and records how each ends: complete, with its duration, or aborted
 * because it would have done harm, with the traffic back. Lives in the control plane.
 */
public final class Evacuations extends AbstractBehavior<Evacuations.Command> {

    public sealed interface Command {}

    private enum Look implements Command {
        INSTANCE
    }

    private record Recorded(
            RegionId region,
            Evacuation.Phase phase,
            @Nullable EditOutcome outcome) implements Command {}

    /** The last decision for a region that this node has seen. */
    private record Sent(long decisions, long atEpochMs) {}

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /**
     * @param self the region of this node
     * @param regions all regions
     * @param epochMs wall clock, for the recorded start and end of evacuations
     */
    public static Behavior<Command> create(
            EvacuationEditor editor,
            RegionId self,
            Set<RegionId> regions,
            Director director,
            EvacuationPlanner planner,
            LongSupplier epochMs) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new Evacuations(context, timers, editor, self, regions, director, planner, epochMs)));
    }

    private final EvacuationEditor editor;
    private final Writer.Automatic writer;
    private final RegionId self;
    private final Set<RegionId> regions;
    private final Director director;
    private final EvacuationPlanner planner;
    private final LongSupplier epochMs;
    private final Map<RegionId, Sent> sent = new HashMap<>();

    /** Outcomes for the other regions when this node first saw the evacuation. */
    private final Map<RegionId, Outliers.Outcomes> atFirst = new HashMap<>();

    private final Map<RegionId, Long> ends = new HashMap<>();
    private final Set<RegionId> recording = new HashSet<>();

    private Evacuations(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            EvacuationEditor editor,
            RegionId self,
            Set<RegionId> regions,
            Director director,
            EvacuationPlanner planner,
            LongSupplier epochMs) {
        super(context);
        context.setLoggerName(Evacuations.class);
        this.editor = editor;
        this.writer = Writer.Automatic.of(self);
        this.self = self;
        this.regions = Set.copyOf(regions);
        this.director = director;
        this.planner = planner;
        this.epochMs = epochMs;
        timers.startTimerWithFixedDelay(Look.INSTANCE, LOOK_EVERY);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Look.INSTANCE, this::onLook)
                .onMessage(Recorded.class, this::onRecorded)
                .build();
    }

    private Behavior<Command> onLook() {
        Set<RegionId> running = new HashSet<>();
        for (Region region : director.catalog().regions().values()) {
            DefinitionState state = director.catalog().states().get(DefinitionKey.region(region.id()));
            Evacuation evacuation = state == null ? null : DefinitionCodec.evacuation(state);
            if (state != null && evacuation != null && evacuation.phase() == Evacuation.Phase.RUNNING) {
                running.add(region.id());
                look(region, state, evacuation);
            }
        }
        sent.keySet().retainAll(running);
        atFirst.keySet().retainAll(running);
        ends.keySet().retainAll(running);
        return this;
    }

    private void look(Region region, DefinitionState state, Evacuation running) {
        long now = epochMs.getAsLong();
        long decisions = director.tallies().decisionsFor(region.id());
        Sent before = sent.get(region.id());
        Sent last = before != null && before.decisions() == decisions ? before : new Sent(decisions, now);
        sent.put(region.id(), last);
        Outliers.Outcomes elsewhere = elsewhere(region.id());
        Outliers.Outcomes begun = atFirst.computeIfAbsent(region.id(), evacuated -> elsewhere);
        long requests = Math.max(0, elsewhere.requests() - begun.requests());
        long failed = Math.max(0, elsewhere.failures() - begun.failures());
        EvacuationProgress.Seen seen = new EvacuationProgress.Seen(
                planner.plan(region.id()),
                region.override(),
                requests,
                requests == 0 ? 0 : (double) failed / requests,
                last.atEpochMs());
        Evacuation after = EvacuationProgress.look(running, seen, now);
        if (after.phase() != running.phase()) {
            long since = ends.computeIfAbsent(region.id(), first -> now);
            long turn = FailoverRecorder.TURN.toMillis()
                    * RecordingOrder.rank(
                            self, regions, "evacuation " + region.id().value());
            // Harm is not waited for: the first node that sees it undoes the drain.
            if ((after.phase() == Evacuation.Phase.ABORTED || now - since >= turn) && recording.add(region.id())) {
                record(region.id(), state, after);
            }
        } else {
            ends.remove(region.id());
        }
    }

    /** Client-reported outcomes of all other regions since this node's start. */
    private Outliers.Outcomes elsewhere(RegionId region) {
        long requests = 0;
        long failures = 0;
        for (Map<RegionId, Outliers.Outcomes> targets :
                director.tallies().outcomes().values()) {
            for (Map.Entry<RegionId, Outliers.Outcomes> target : targets.entrySet()) {
                if (!target.getKey().equals(region)) {
                    requests += target.getValue().requests();
                    failures += target.getValue().failures();
                }
            }
        }
        return new Outliers.Outcomes(requests, failures);
    }

    private void record(RegionId region, DefinitionState state, Evacuation ended) {
        getContext()
                .pipeToSelf(
                        editor.end(writer, region, state, ended),
                        (outcome, failure) -> new Recorded(region, ended.phase(), outcome));
    }

    private Behavior<Command> onRecorded(Recorded recorded) {
        recording.remove(recorded.region());
        // Whatever the outcome: while the journal says that it runs, it is checked again in a second.
        if (recorded.outcome() instanceof EditOutcome.Done) {
            getContext()
                    .getLog()
                    .info(
                            "evacuation of [{}]: {}",
                            recorded.region(),
                            recorded.phase().wireName());
        }
        return this;
    }
}
