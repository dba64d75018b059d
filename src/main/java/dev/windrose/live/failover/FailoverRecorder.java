package dev.windrose.live.failover;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.PolicyText;
import dev.windrose.decide.failover.RecordingOrder;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.live.edit.EditOutcome;
import dev.windrose.live.edit.EditRequest;
import dev.windrose.live.edit.Editor;
import dev.windrose.live.edit.Writer;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Records in the rules that traffic left a target, or returned, with the evidence: what a majority sees, and what this
 * region sees for its own clients. Lives in the control plane. The table never waits for it: a verdict takes effect at
 * once, and the record follows.
 */
public final class FailoverRecorder extends AbstractBehavior<FailoverRecorder.Command> {

    public sealed interface Command {}

    /** Pending records; an entry that disappears has been recorded, or no longer applies. */
    public record Pending(List<HealthPicture.Turn> turns) implements Command {
        public Pending {
            turns = List.copyOf(turns);
        }
    }

    private record Recorded(
            Key key,
            @Nullable EditOutcome outcome,
            @Nullable Throwable failure) implements Command {}

    private record Key(DefinitionKey rule, RegionId region, boolean out, boolean own) {}

    /** Time between the turns of two regions; longer than an event takes between regions. */
    static final Duration TURN = Duration.ofSeconds(2);

    /** Maximum number of concurrent writes: a lost region affects thousands of rules. */
    static final int IN_FLIGHT = 16;

    /**
     * A recorder.
     *
     * @param self the region of this node
     * @param regions all regions
     * @param nanoTime a clock that only goes forward
     */
    public static Behavior<Command> create(Editor editor, RegionId self, Set<RegionId> regions, LongSupplier nanoTime) {
        return Behaviors.setup(context -> new FailoverRecorder(context, editor, self, regions, nanoTime));
    }

    private final Editor editor;
    private final Writer.Automatic writer;
    private final RegionId self;
    private final Set<RegionId> regions;
    private final LongSupplier nanoTime;

    private final Map<Key, Long> since = new HashMap<>();
    private final Set<Key> inFlight = new HashSet<>();

    private FailoverRecorder(
            ActorContext<Command> context, Editor editor, RegionId self, Set<RegionId> regions, LongSupplier nanoTime) {
        super(context);
        context.setLoggerName(FailoverRecorder.class);
        this.editor = editor;
        this.writer = Writer.Automatic.of(self);
        this.self = self;
        this.regions = Set.copyOf(regions);
        this.nanoTime = nanoTime;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Pending.class, this::onPending)
                .onMessage(Recorded.class, this::onRecorded)
                .build();
    }

    private Behavior<Command> onPending(Pending pending) {
        long now = nanoTime.getAsLong();
        Set<Key> seen = new HashSet<>();
        for (HealthPicture.Turn turn : pending.turns()) {
            Key key = new Key(
                    DefinitionKey.rule(turn.rule()), turn.region(), turn.mark().out(), turn.own());
            seen.add(key);
            long waited = now - since.computeIfAbsent(key, first -> now);
            if (waited >= wait(key) && inFlight.size() < IN_FLIGHT && inFlight.add(key)) {
                record(key, turn);
            }
        }
        since.keySet().retainAll(seen);
        return this;
    }

    /** What only this region sees is recorded after every other region has had its turn to see it too. */
    private long wait(Key key) {
        return TURN.toNanos() * (key.own() ? regions.size() : rank(key));
    }

    private int rank(Key key) {
        return RecordingOrder.rank(self, regions, key.rule() + " " + key.region());
    }

    private void record(Key key, HealthPicture.Turn turn) {
        EditRequest edit = new EditRequest(
                key.rule(),
                key.out() ? Change.Kind.FAILED_OVER : Change.Kind.FAILED_BACK,
                Map.of(Fields.failover(key.region(), key.own() ? self : null), PolicyText.text(turn.mark())),
                null,
                turn.mark().evidence(),
                null);
        getContext().pipeToSelf(editor.edit(writer, edit), (outcome, failure) -> new Recorded(key, outcome, failure));
    }

    private Behavior<Command> onRecorded(Recorded recorded) {
        Key key = recorded.key();
        inFlight.remove(key);
        // Whatever the outcome: if it is still pending at the next assessment, it is retried, a turn later.
        since.put(key, nanoTime.getAsLong());
        EditOutcome outcome = recorded.outcome();
        if (outcome instanceof EditOutcome.Done) {
            getContext()
                    .getLog()
                    .info(
                            "rule [{}] target [{}] {} by {}",
                            key.rule().name(),
                            key.region(),
                            key.out() ? "left" : "back",
                            key.own() ? "this region alone" : "all regions");
        } else {
            getContext()
                    .getLog()
                    .debug(
                            "rule [{}] target [{}] not recorded, cause [{}]",
                            key.rule().name(),
                            key.region(),
                            outcome == null ? recorded.failure() : outcome.detail());
        }
        return this;
    }
}
