package dev.windrose.live.journal;

import akka.actor.ActorSystem;
import akka.actor.setup.Setup;

/** Hands the pool to the persistence plugins and the lease, which Akka makes by name. */
public final class JournalSetup extends Setup {

    private final Database database;

    public JournalSetup(Database database) {
        this.database = database;
    }

    /** The one that a control plane was made with. */
    public static JournalSetup of(ActorSystem system) {
        return system.settings()
                .setup()
                .get(JournalSetup.class)
                .orElseThrow(() -> new IllegalStateException("journal: none (expected: a system made with one)"));
    }

    Database database() {
        return database;
    }

    /** The leases in the region's database. */
    public LeaseTable leases() {
        return new LeaseTable(database);
    }
}
