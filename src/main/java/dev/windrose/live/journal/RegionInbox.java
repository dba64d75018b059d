package dev.windrose.live.journal;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import dev.windrose.live.supervision.Supervision;
import dev.windrose.watch.DefinitionMeters;
import java.util.Map;
import java.util.function.Consumer;

/** Replicates the events of all other regions; one per region. Each source has an inbox of its own. */
public final class RegionInbox {

    /** It needs no messages. */
    public interface Command {}

    /**
     * @param self the receiving region
     * @param behind receives the name of a region with a large replication backlog
     * @param parts supervises the inboxes
     * @param sources the journal server of each other region, by name of region
     */
    public static Behavior<Command> create(
            String self,
            Map<String, ActorRef<JournalServer.Command>> sources,
            Database database,
            SourceInbox.Delivery delivery,
            Consumer<String> behind,
            Supervision parts,
            JournalSettings settings,
            DefinitionMeters meters) {
        return Behaviors.setup(context -> {
            CursorStore store = new CursorStore(database.dataSource());
            sources.forEach((source, server) -> context.spawn(
                    parts.lastingHere(
                            "inbox-" + source,
                            SourceInbox.create(self, source, server, store, delivery, behind, settings, meters)),
                    source));
            return Behaviors.empty();
        });
    }

    private RegionInbox() {}
}
