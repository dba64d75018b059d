package dev.windrose.live.definition;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.cluster.ddata.typed.javadsl.Replicator;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.live.supervision.SupervisedActor;
import dev.windrose.model.DefinitionKey;
import java.util.Map;
import java.util.function.Consumer;

/** The board of rules for tests elsewhere. */
public final class RuleBoards {

    private final DefinitionDigests digests = new DefinitionDigests();

    /** @param heard is told what the board hears */
    public Behavior<?> board(
            Consumer<Map<DefinitionKey, DefinitionState>> heard,
            Runnable current,
            ActorRef<Replicator.Command> replicator,
            SupervisedActor part) {
        return DefinitionBoard.board(heard, current, digests, replicator, part);
    }

    /** There is news of a definition; gives the message that tells the board. */
    public Object news(String entity, DefinitionState state) {
        digests.heard(entity, state);
        return new DefinitionBoard.Heard(entity);
    }
}
