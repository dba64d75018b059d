package dev.windrose.front.http;

import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.RuleChecks;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.decide.rule.Stamp;
import dev.windrose.live.rule.RuleGateway;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Accepts and refuses edits as the actors do, from memory. */
final class GatewayInMemory implements RuleGateway {

    private final HealthCheck defaults;
    private final Consumer<Map<DefinitionKey, RuleState>> heard;
    private final Map<DefinitionKey, RuleState> states = new HashMap<>();
    private final List<Edit> done = new ArrayList<>();

    GatewayInMemory(HealthCheck defaults, Consumer<Map<DefinitionKey, RuleState>> heard) {
        this.defaults = defaults;
        this.heard = heard;
    }

    @Override
    public synchronized CompletionStage<Outcome> submit(DefinitionKey key, Edit edit) {
        return CompletableFuture.completedFuture(outcome(key, edit));
    }

    synchronized List<Edit> done() {
        return List.copyOf(done);
    }

    private Outcome outcome(DefinitionKey key, Edit edit) {
        RuleState before = states.getOrDefault(key, RuleState.EMPTY);
        boolean creates = edit.kind() == Change.Kind.CREATED;
        if (before.exists() && edit.revision() != null && !edit.revision().equals(before.revision())) {
            return new Outcome(Result.STALE, before, "revision: " + edit.revision() + " (expected: another)");
        }
        if (before.exists() == creates) {
            return new Outcome(creates ? Result.EXISTS : Result.MISSING, before, "");
        }
        RuleState after = before.after(new Change(
                edit.kind(),
                edit.fields(),
                Stamp.next(System.currentTimeMillis(), "us-east-1", before.heard()),
                edit.author(),
                edit.reason()));
        List<String> problems = RuleChecks.problems(key, after, defaults);
        if (!problems.isEmpty()) {
            return new Outcome(Result.REFUSED, before, String.join("; ", problems));
        }
        states.put(key, after);
        done.add(edit);
        heard.accept(Map.of(key, after));
        return new Outcome(Result.DONE, after, "");
    }
}
