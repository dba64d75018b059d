package dev.windrose.live.definition;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.ReplicaId;
import akka.persistence.typed.ReplicationId;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.ReplicatedEventSourcedBehavior;
import akka.persistence.typed.javadsl.ReplicatedEventSourcing;
import akka.persistence.typed.javadsl.ReplicationContext;
import akka.persistence.typed.javadsl.RetentionCriteria;
import akka.persistence.typed.javadsl.SignalHandler;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.IdempotencyKey;
import dev.windrose.decide.definition.ProposedEdit;
import dev.windrose.decide.definition.Repair;
import dev.windrose.live.journal.ReplicatedEvents;
import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One definition in one region: checks edits, records them as events, and applies the events of other regions.
 *
 * <p>Its state is {@link DefinitionState}, whose merge resolves concurrent writes. It is never passivated, and takes no
 * part in decisions for clients.
 */
public final class RuleActor extends ReplicatedEventSourcedBehavior<RuleActor.Command, Change, DefinitionState> {

    /** The type of the entity; part of every persistence id. */
    public static final String TYPE = "definition";

    public sealed interface Command extends WireMessage {}

    /**
     * An edit, as {@link DefinitionGateway.Edit}.
     *
     * @param withinMs how long the requester waits, from the arrival; later the edit is not started. 0: indefinitely,
     *     as in versions before 2
     * @param untilEpochMs the same by the requester's wall clock, for requests that were in transit for long
     */
    public record Submit(
            Change.Kind kind,
            Map<String, String> fields,
            @Nullable String revision,
            String author,
            String reason,
            ActorRef<Answer> replyTo,
            @Nullable IdempotencyKey request,
            long withinMs,
            long untilEpochMs)
            implements Command {

        /** An edit that waits indefinitely and cannot be retried. */
        public Submit(
                Change.Kind kind,
                Map<String, String> fields,
                @Nullable String revision,
                String author,
                String reason,
                ActorRef<Answer> replyTo) {
            this(kind, fields, revision, author, reason, replyTo, null, 0, 0);
        }
    }

    /** The clocks of a definition. */
    public interface Clock {

        /** Wall clock, for stamps. */
        long epochMs();

        /** Why no edit may be stamped now, or null when the clock is right. */
        default @Nullable String off() {
            return null;
        }

        /** Tolerated offset of a region's clock, in ms. */
        default long offAtMostMs() {
            return 0;
        }

        /** A monotonic clock. */
        default long nanoTime() {
            return System.nanoTime();
        }
    }

    /** Records what another region has and this one lacks. */
    public record Mend(DefinitionState theirs, String author, String reason, ActorRef<Mended> replyTo)
            implements Command {}

    /** Reads the definition from the journal, if that has not happened yet. */
    public record Wake(ActorRef<Awake> replyTo) implements Command {}

    /** The answer to an edit, as {@link DefinitionGateway.Outcome}. */
    public record Answer(
            DefinitionGateway.Result result, DefinitionState state, String detail, Change.@Nullable Kind repeats)
            implements WireMessage {

        public Answer(DefinitionGateway.Result result, DefinitionState state, String detail) {
            this(result, state, detail, null);
        }
    }

    /**
     * Nothing is missing any more.
     *
     * @param changes that had to be recorded
     */
    public record Mended(int changes) implements WireMessage {}

    /** Whether the definition exists. */
    public enum Awake implements WireMessage {
        INSTANCE,

        /** The actor ended before it was done: the next attempt shows whether that persists. */
        ENDED
    }

    /**
     * A definition in this region.
     *
     * @param heard receives every state that is persisted in some region's journal
     */
    public static Behavior<Command> create(
            ReplicationId id,
            Set<ReplicaId> regions,
            HealthCheck defaults,
            int snapshotEvery,
            Clock clock,
            BiConsumer<DefinitionKey, DefinitionState> heard) {
        Map<ReplicaId, String> queries = new HashMap<>();
        regions.forEach(region -> queries.put(region, ReplicatedEvents.NO_QUERIES));
        return PendingEdits.around(
                clock,
                submissions -> ReplicatedEventSourcing.perReplicaJournalConfig(
                        id,
                        queries,
                        context -> new RuleActor(context, defaults, snapshotEvery, clock, submissions, heard)));
    }

    private final ReplicationContext replication;
    private final DefinitionKey key;
    private final HealthCheck defaults;
    private final int snapshotEvery;
    private final Clock clock;
    private final PendingEdits submissions;
    private final BiConsumer<DefinitionKey, DefinitionState> heard;

    private RuleActor(
            ReplicationContext replication,
            HealthCheck defaults,
            int snapshotEvery,
            Clock clock,
            PendingEdits submissions,
            BiConsumer<DefinitionKey, DefinitionState> heard) {
        super(replication);
        this.replication = replication;
        this.key = DefinitionKey.parse(replication.entityId());
        this.defaults = defaults;
        this.snapshotEvery = snapshotEvery;
        this.clock = clock;
        this.submissions = submissions;
        this.heard = heard;
    }

    @Override
    public DefinitionState emptyState() {
        return DefinitionState.EMPTY;
    }

    @Override
    public CommandHandler<Command, Change, DefinitionState> commandHandler() {
        return newCommandHandlerBuilder()
                .forAnyState()
                .onCommand(Submit.class, this::onSubmit)
                .onCommand(Mend.class, this::onMend)
                .onCommand(Wake.class, (state, wake) -> Effect().reply(wake.replyTo(), Awake.INSTANCE))
                .build();
    }

    @Override
    public EventHandler<DefinitionState, Change> eventHandler() {
        return (state, change) -> {
            DefinitionState after = state.after(change);
            // Another region's change is persisted in that region's journal; one of our own is reported once it is in
            // ours.
            if (!replication.recoveryRunning() && !replication.origin().equals(replication.replicaId())) {
                heard.accept(key, after);
            }
            return after;
        };
    }

    @Override
    public SignalHandler<DefinitionState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), this::onRecovered)
                .build();
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(snapshotEvery, 2);
    }

    @Override
    public boolean withEventPublishing() {
        return true;
    }

    private void onRecovered(DefinitionState state) {
        submissions.awake();
        // The requester of the last of them may not have got an answer from this actor's predecessor.
        long since = clock.epochMs() - PendingEdits.repeatedWithinMs();
        state.causes().done().stream()
                .filter(done -> done.stamp().epochMs() >= since)
                .forEach(done -> submissions.mayBeUnanswered(done.request().id()));
        heard.accept(key, state);
    }

    private Effect<Change, DefinitionState> onSubmit(DefinitionState state, Submit submit) {
        if (submissions.late(submit)) {
            return answered(submit, PendingEdits.notDone("it was still queued after " + submit.withinMs() + " ms"));
        }
        ProposedEdit ask = new ProposedEdit(
                submit.kind(), submit.fields(), submit.revision(), submit.author(), submit.reason(), submit.request());
        ProposedEdit.Verdict verdict = ask.on(
                key,
                state,
                submissions,
                clock.epochMs(),
                replication.replicaId().id(),
                defaults);
        if (verdict instanceof ProposedEdit.Refused refused) {
            return answered(
                    submit,
                    new Answer(DefinitionGateway.Result.valueOf(refused.why().name()), state, refused.detail()));
        }
        if (verdict instanceof ProposedEdit.Done done) {
            return answered(submit, new Answer(DefinitionGateway.Result.DONE, state, "", done.as()));
        }
        String off = clock.off();
        if (off != null && !happens(submit.kind())) {
            return answered(submit, new Answer(DefinitionGateway.Result.CLOCK, state, off));
        }
        submissions.begin(submit);
        return Effect().persist(((ProposedEdit.Write) verdict).change()).thenRun((DefinitionState stored) -> {
            heard.accept(key, stored);
            submissions.answer(submit, new Answer(DefinitionGateway.Result.DONE, stored, ""));
        });
    }

    /** Whether it records a failover or failback, which no clock may delay. */
    private static boolean happens(Change.Kind kind) {
        return kind == Change.Kind.FAILED_OVER || kind == Change.Kind.FAILED_BACK;
    }

    private Effect<Change, DefinitionState> answered(Submit submit, Answer answer) {
        return Effect().none().thenRun((DefinitionState state) -> submissions.answer(submit, answer));
    }

    private Effect<Change, DefinitionState> onMend(DefinitionState state, Mend mend) {
        List<Change> changes = Repair.changes(state, mend.theirs(), mend.author(), mend.reason());
        if (changes.isEmpty()) {
            return Effect().reply(mend.replyTo(), new Mended(0));
        }
        return Effect().persist(changes).thenRun((DefinitionState stored) -> {
            heard.accept(key, stored);
            mend.replyTo().tell(new Mended(changes.size()));
        });
    }
}
