package dev.windrose.live.rule;

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
import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.Fields;
import dev.windrose.decide.rule.PolicyText;
import dev.windrose.decide.rule.Repair;
import dev.windrose.decide.rule.RuleChecks;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.decide.rule.Stamp;
import dev.windrose.live.journal.ReplicatedEvents;
import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One definition in one region: checks edits, records them as events, and takes over the events of other regions.
 *
 * <p>Its state is {@link RuleState}, whose merge settles what was written on several sides at once. It is never
 * passivated, and it decides nothing for clients.
 */
public final class RuleActor extends ReplicatedEventSourcedBehavior<RuleActor.Command, Change, RuleState> {

    /** The type of the entity; part of every persistence id. */
    public static final String TYPE = "definition";

    public sealed interface Command extends WireMessage {}

    /** An edit, as {@link RuleGateway.Edit}. */
    public record Submit(
            Change.Kind kind,
            Map<String, String> fields,
            @Nullable String revision,
            String author,
            String reason,
            ActorRef<Answer> replyTo)
            implements Command {}

    /** Records what another region has and this one lacks. */
    public record Mend(RuleState theirs, String author, String reason, ActorRef<Mended> replyTo) implements Command {}

    /** Reads the definition from the journal, if that has not happened yet. */
    public record Wake(ActorRef<Awake> replyTo) implements Command {}

    /** The answer to an edit, as {@link RuleGateway.Outcome}. */
    public record Answer(RuleGateway.Result result, RuleState state, String detail) implements WireMessage {}

    /**
     * Nothing is lacking any more.
     *
     * @param changes that had to be recorded
     */
    public record Mended(int changes) implements WireMessage {}

    /** The definition is there. */
    public enum Awake implements WireMessage {
        INSTANCE
    }

    /**
     * A definition in this region.
     *
     * @param heard is told every state that is safe in some region's journal
     */
    public static Behavior<Command> create(
            ReplicationId id,
            Set<ReplicaId> regions,
            HealthCheck defaults,
            int snapshotEvery,
            LongSupplier epochMs,
            BiConsumer<DefinitionKey, RuleState> heard) {
        Map<ReplicaId, String> queries = new HashMap<>();
        regions.forEach(region -> queries.put(region, ReplicatedEvents.NO_QUERIES));
        return ReplicatedEventSourcing.perReplicaJournalConfig(
                id, queries, context -> new RuleActor(context, defaults, snapshotEvery, epochMs, heard));
    }

    private final ReplicationContext replication;
    private final DefinitionKey key;
    private final HealthCheck defaults;
    private final int snapshotEvery;
    private final LongSupplier epochMs;
    private final BiConsumer<DefinitionKey, RuleState> heard;

    private RuleActor(
            ReplicationContext replication,
            HealthCheck defaults,
            int snapshotEvery,
            LongSupplier epochMs,
            BiConsumer<DefinitionKey, RuleState> heard) {
        super(replication);
        this.replication = replication;
        this.key = DefinitionKey.parse(replication.entityId());
        this.defaults = defaults;
        this.snapshotEvery = snapshotEvery;
        this.epochMs = epochMs;
        this.heard = heard;
    }

    @Override
    public RuleState emptyState() {
        return RuleState.EMPTY;
    }

    @Override
    public CommandHandler<Command, Change, RuleState> commandHandler() {
        return newCommandHandlerBuilder()
                .forAnyState()
                .onCommand(Submit.class, this::onSubmit)
                .onCommand(Mend.class, this::onMend)
                .onCommand(Wake.class, (state, wake) -> Effect().reply(wake.replyTo(), Awake.INSTANCE))
                .build();
    }

    @Override
    public EventHandler<RuleState, Change> eventHandler() {
        return (state, change) -> {
            RuleState after = state.after(change);
            // Another region's change is safe in that region's journal; one of our own is told when it is in ours.
            if (!replication.recoveryRunning() && !replication.origin().equals(replication.replicaId())) {
                heard.accept(key, after);
            }
            return after;
        };
    }

    @Override
    public SignalHandler<RuleState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), state -> heard.accept(key, state))
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

    private Effect<Change, RuleState> onSubmit(RuleState state, Submit submit) {
        Answer refusal = refusal(state, submit);
        if (refusal != null) {
            return Effect().reply(submit.replyTo(), refusal);
        }
        Stamp stamp = Stamp.next(epochMs.getAsLong(), replication.replicaId().id(), state.heard());
        Change change = new Change(submit.kind(), submit.fields(), stamp, submit.author(), submit.reason());
        RuleState after = state.after(change);
        List<String> problems = RuleChecks.problems(key, after, defaults);
        if (!problems.isEmpty()) {
            return Effect()
                    .reply(
                            submit.replyTo(),
                            new Answer(RuleGateway.Result.REFUSED, state, String.join("; ", problems)));
        }
        return Effect().persist(change).thenRun((RuleState stored) -> {
            heard.accept(key, stored);
            submit.replyTo().tell(new Answer(RuleGateway.Result.DONE, stored, ""));
        });
    }

    private Effect<Change, RuleState> onMend(RuleState state, Mend mend) {
        List<Change> changes = Repair.changes(state, mend.theirs(), mend.author(), mend.reason());
        if (changes.isEmpty()) {
            return Effect().reply(mend.replyTo(), new Mended(0));
        }
        return Effect().persist(changes).thenRun((RuleState stored) -> {
            heard.accept(key, stored);
            mend.replyTo().tell(new Mended(changes.size()));
        });
    }

    private @Nullable Answer refusal(RuleState state, Submit submit) {
        boolean creates = submit.kind() == Change.Kind.CREATED;
        if (creates && state.exists()) {
            return new Answer(RuleGateway.Result.EXISTS, state, key.name() + " exists");
        }
        if (!creates && !state.exists()) {
            return new Answer(RuleGateway.Result.MISSING, state, key.name() + " does not exist");
        }
        if (frozen(state, submit)) {
            return new Answer(
                    RuleGateway.Result.FROZEN,
                    state,
                    "safety.freezes: nobody changes " + key.name()
                            + " now (expected: wait until the freeze is over, or change safety first)");
        }
        if (submit.revision() != null && !submit.revision().equals(state.revision())) {
            return new Answer(
                    RuleGateway.Result.STALE,
                    state,
                    "revision: " + submit.revision() + " (expected: " + state.revision() + ", the current one)");
        }
        if (!creates && submit.kind() != Change.Kind.REMOVED && changesNothing(state, submit)) {
            return new Answer(RuleGateway.Result.DONE, state, "");
        }
        return null;
    }

    /** In a freeze nothing is changed but the safety rules themselves; traffic still leaves what is broken. */
    private boolean frozen(RuleState state, Submit submit) {
        boolean may = submit.kind() == Change.Kind.FAILED_OVER
                || submit.fields().keySet().equals(Set.of(Fields.SAFETY));
        String safety = state.text(Fields.SAFETY);
        if (may || safety == null || safety.isEmpty()) {
            return false;
        }
        try {
            return PolicyText.safety(safety).frozen(epochMs.getAsLong());
        } catch (IllegalArgumentException e) {
            // Written by a later version; what cannot be read forbids nothing.
            return false;
        }
    }

    private static boolean changesNothing(RuleState state, Submit submit) {
        boolean failover = submit.kind() == Change.Kind.FAILED_OVER || submit.kind() == Change.Kind.FAILED_BACK;
        for (Map.Entry<String, String> field : submit.fields().entrySet()) {
            String before = state.text(field.getKey());
            // Several regions come to decide the same failover, each in its own words: the first one is recorded.
            if (failover
                    ? !sameMark(before, field.getValue())
                    : !field.getValue().equals(before)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameMark(@Nullable String before, String after) {
        try {
            boolean out = before != null
                    && !before.isEmpty()
                    && PolicyText.mark(before).out();
            return out == PolicyText.mark(after).out();
        } catch (IllegalArgumentException e) {
            // What cannot be read is refused by the checks of the definition.
            return false;
        }
    }
}
