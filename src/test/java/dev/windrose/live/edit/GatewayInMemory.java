package dev.windrose.live.edit;

import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.ProposedEdit;
import dev.windrose.live.definition.DefinitionGateway;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Accepts and refuses edits as the actors do, from memory. */
public final class GatewayInMemory implements DefinitionGateway {

    /** What goes wrong with edits. */
    public enum Loss {
        NONE,
        /** It is made, and nobody hears so. */
        ANSWER,
        /** It is not made. */
        WRITE,
        /** The clock is off. */
        CLOCK
    }

    /** For the edits that come now. */
    public volatile Loss loss = Loss.NONE;

    private final Set<String> unanswered = new HashSet<>();
    private final HealthCheck defaults;
    private final Consumer<Map<DefinitionKey, DefinitionState>> heard;
    private final Map<DefinitionKey, DefinitionState> states = new HashMap<>();
    private final List<Edit> done = new ArrayList<>();

    public GatewayInMemory(HealthCheck defaults, Consumer<Map<DefinitionKey, DefinitionState>> heard) {
        this.defaults = defaults;
        this.heard = heard;
    }

    @Override
    public synchronized CompletionStage<Outcome> submit(DefinitionKey key, Edit edit) {
        try {
            return CompletableFuture.completedFuture(outcome(key, edit));
        } catch (Unavailable | OutcomeUnknown e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    public synchronized DefinitionState state(DefinitionKey key) {
        return states.getOrDefault(key, DefinitionState.EMPTY);
    }

    /** What was ever edited. */
    public synchronized Set<DefinitionKey> keys() {
        return Set.copyOf(states.keySet());
    }

    /** As if nothing had been done to these; all there is then. */
    public synchronized Map<DefinitionKey, DefinitionState> restore(Map<DefinitionKey, DefinitionState> before) {
        states.putAll(before);
        states.values().removeIf(state -> state.equals(DefinitionState.EMPTY));
        return Map.copyOf(states);
    }

    /** A change of another region arrives. */
    public synchronized void heardElsewhere(DefinitionKey key, Change change) {
        states.put(key, state(key).after(change));
        heard.accept(Map.of(key, state(key).withoutRequests()));
    }

    public synchronized List<Edit> done() {
        return List.copyOf(done);
    }

    private Outcome outcome(DefinitionKey key, Edit edit) {
        DefinitionState before = states.getOrDefault(key, DefinitionState.EMPTY);
        if (loss == Loss.CLOCK) {
            return new Outcome(Result.CLOCK, before, "clock: 60000 ms ahead (expected: less)");
        }
        if (loss == Loss.WRITE) {
            throw new Unavailable("the edit was not made", Duration.ofSeconds(2));
        }
        ProposedEdit ask = new ProposedEdit(
                edit.kind(), edit.fields(), edit.revision(), edit.author(), edit.reason(), edit.request());
        ProposedEdit.Verdict verdict =
                ask.on(key, before, unanswered::contains, System.currentTimeMillis(), "us-east-1", defaults);
        if (verdict instanceof ProposedEdit.Refused refused) {
            return new Outcome(Result.valueOf(refused.why().name()), before, refused.detail());
        }
        if (verdict instanceof ProposedEdit.Done already) {
            return new Outcome(Result.DONE, before, "", already.as());
        }
        DefinitionState after = before.after(((ProposedEdit.Write) verdict).change());
        states.put(key, after);
        done.add(edit);
        heard.accept(Map.of(key, after.withoutRequests()));
        if (loss == Loss.ANSWER) {
            unanswered.add(edit.request() == null ? "" : edit.request().id());
            throw new OutcomeUnknown("the journal did not answer in time");
        }
        return new Outcome(Result.DONE, after, "");
    }
}
