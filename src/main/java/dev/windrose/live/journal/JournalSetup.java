package dev.windrose.live.journal;

import akka.actor.setup.Setup;

/** Hands the pool to the persistence plugins, which Akka makes by name. */
public final class JournalSetup extends Setup {

    private final Database database;

    public JournalSetup(Database database) {
        this.database = database;
    }

    Database database() {
        return database;
    }
}
