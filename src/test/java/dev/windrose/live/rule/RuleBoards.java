package dev.windrose.live.rule;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.cluster.ddata.typed.javadsl.Replicator;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.live.part.Part;
import dev.windrose.model.DefinitionKey;
import java.util.Map;
import java.util.function.Consumer;

/** The board of rules for tests elsewhere. */
public final class RuleBoards {

    private final Digests digests = new Digests();

    /** @param heard is told what the board hears */
    public Behavior<?> board(
            Consumer<Map<DefinitionKey, RuleState>> heard,
            Runnable current,
            ActorRef<Replicator.Command> replicator,
            Part part) {
        return RuleBoard.board(heard, current, digests, replicator, part);
    }

    /** There is news of a definition; gives the message that tells the board. */
    public Object news(String entity, RuleState state) {
        digests.heard(entity, state);
        return new RuleBoard.Heard(entity);
    }
}
