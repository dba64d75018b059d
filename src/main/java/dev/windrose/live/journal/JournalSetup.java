package dev.windrose.live.journal;

import akka.actor.ActorSystem;
import akka.actor.setup.Setup;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Passes the pool to the persistence plugins and the lease, which Akka creates by name. */
public final class JournalSetup extends Setup {

    private final Database database;
    private final BooleanSupplier suspect;

    public JournalSetup(Database database) {
        this(database, () -> false);
    }

    /** @param suspect whether this process was paused so long that others may have gone on without it */
    public JournalSetup(Database database, BooleanSupplier suspect) {
        this.database = database;
        this.suspect = suspect;
    }

    /** The setup of a control plane. */
    public static JournalSetup of(ActorSystem system) {
        return system.settings()
                .setup()
                .get(JournalSetup.class)
                .orElseThrow(() -> new IllegalStateException("journal: none (expected: a system created with one)"));
    }

    Database database() {
        return database;
    }

    /** The members in the region's database; null for an embedded one. */
    public @Nullable MemberTable members() {
        return database.members();
    }

    /** Whether this process must first find out what others did in the meantime before it decides about them. */
    public boolean suspect() {
        return suspect.getAsBoolean();
    }

    /** The leases in the region's database. */
    public LeaseTable leases() {
        return new LeaseTable(database);
    }
}
