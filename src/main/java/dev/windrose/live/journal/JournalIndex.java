package dev.windrose.live.journal;

import akka.persistence.typed.ReplicationId;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;

/** The definitions that a region's journal contains. Blocks. */
public final class JournalIndex {

    /** @throws IllegalStateException when the database does not answer */
    public static Set<String> entities(Database database) {
        try {
            Set<String> entities = new TreeSet<>();
            for (String id : new JournalReader(database.dataSource()).persistenceIds()) {
                if (ReplicationId.isReplicationId(id)) {
                    entities.add(ReplicationId.fromString(id).entityId());
                }
            }
            return entities;
        } catch (SQLException e) {
            throw new IllegalStateException("journal cannot be read", e);
        }
    }

    private JournalIndex() {}
}
