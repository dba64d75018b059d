package dev.windrose.live.member;

import akka.actor.typed.ActorSystem;
import akka.cluster.ddata.GSet;
import akka.cluster.ddata.GSetKey;
import akka.cluster.ddata.Key;
import akka.cluster.ddata.typed.javadsl.DistributedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import java.util.Collections;
import java.util.Set;

/**
 * The id of the cluster that this node is in, which its members replicate. Two of them may give one at the same time: all ids
 * that were given stay, and the least of them is the id, so every member comes to the same one.
 */
final class ClusterId {

    static final Key<GSet<String>> KEY = GSetKey.create("cluster-id");

    private final ActorSystem<?> system;
    private String value = "";

    ClusterId(ActorSystem<?> system) {
        this.system = system;
    }

    /** Empty while none is known. */
    String value() {
        return value;
    }

    /** The replicator tells what it has under the {@link #KEY}. */
    void changed(Replicator.SubscribeResponse<GSet<String>> response) {
        if (response instanceof Replicator.Changed<GSet<String>> changed) {
            Set<String> all = changed.dataValue().getElements();
            value = all.isEmpty() ? "" : Collections.min(all);
        }
    }

    /** Gives the cluster an id if it has none. Whoever gives one does so again until it is known. */
    void give(String fresh) {
        // Told, not asked: a replicator that is late is no reason to end.
        DistributedData.get(system)
                .replicator()
                .tell(new Replicator.Update<>(
                        KEY,
                        GSet.create(),
                        Replicator.writeLocal(),
                        system.ignoreRef(),
                        ids -> ids.isEmpty() ? ids.add(fresh) : ids));
    }
}
