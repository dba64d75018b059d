package dev.windrose.live.journal;

import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.StateHash;
import dev.windrose.model.DefinitionKey;
import java.util.HashMap;
import java.util.Map;

/** Applies events in order, as the actors do when they start. For one thread. */
final class Replay {

    private final ReplicatedEvents events;
    private final Map<String, DefinitionState> states = new HashMap<>();

    Replay(ReplicatedEvents events) {
        this.events = events;
    }

    /** @throws RuntimeException when the event cannot be read */
    void take(StoredEvent event) {
        Change change = events.change(event);
        String entity = ReplicatedEvents.entity(event);
        states.put(entity, state(entity).after(change));
    }

    DefinitionState state(String entity) {
        return states.getOrDefault(entity, DefinitionState.EMPTY);
    }

    int definitions() {
        return states.size();
    }

    /** The hash of the resulting state; the same as that of a live node with the same changes. */
    String hash() {
        Map<DefinitionKey, DefinitionState> keyed = new HashMap<>();
        states.forEach((entity, state) -> keyed.put(DefinitionKey.parse(entity), state));
        return StateHash.of(keyed);
    }
}
