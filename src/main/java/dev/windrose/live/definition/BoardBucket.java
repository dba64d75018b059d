package dev.windrose.live.definition;

import akka.cluster.ddata.AbstractReplicatedData;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.live.wire.WireMessage;
import java.util.HashMap;
import java.util.Map;

/** One partition of a region's definitions, as its nodes share them. Merges by merging the states. */
public final class BoardBucket extends AbstractReplicatedData<BoardBucket> implements WireMessage {

    static final BoardBucket EMPTY = new BoardBucket(Map.of());

    @JsonProperty
    private final Map<String, DefinitionState> states;

    /** @param states by entity id */
    @JsonCreator
    public BoardBucket(@JsonProperty("states") Map<String, DefinitionState> states) {
        this.states = Map.copyOf(states);
    }

    Map<String, DefinitionState> states() {
        return states;
    }

    BoardBucket with(Map<String, DefinitionState> known) {
        return mergeData(new BoardBucket(known));
    }

    @Override
    public BoardBucket mergeData(BoardBucket other) {
        Map<String, DefinitionState> merged = new HashMap<>(states);
        other.states.forEach((entity, state) -> merged.merge(entity, state, DefinitionState::merge));
        return merged.equals(states) ? this : new BoardBucket(merged);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BoardBucket bucket && bucket.states.equals(states);
    }

    @Override
    public int hashCode() {
        return states.hashCode();
    }
}
