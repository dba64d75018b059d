package dev.windrose.live.journal;

import akka.actor.ActorSystem;
import akka.persistence.jdbc.db.SlickDatabase;
import akka.persistence.jdbc.db.SlickDatabaseProvider;
import com.typesafe.config.Config;
import scala.Option;
import slick.jdbc.JdbcBackend;
import slick.jdbc.JdbcBackend$;
import slick.jdbc.JdbcProfile;
import slick.jdbc.PostgresProfile$;
import slick.jdbc.SQLiteProfile$;
import slick.util.AsyncExecutor;
import slick.util.AsyncExecutor$;

/** Gives journal and snapshot store the pool of {@link JournalSetup}. Named in {@code windrose/akka-control.conf}. */
public final class SharedDatabaseProvider implements SlickDatabaseProvider {

    private static final int QUEUE = 10_000;

    private final SlickDatabase shared;

    public SharedDatabaseProvider(ActorSystem system) {
        Database database = JournalSetup.of(system).database();
        int connections = database.connections();
        // The numbers of threads and connections and the limit below are equal, or Slick could deadlock.
        AsyncExecutor executor =
                AsyncExecutor$.MODULE$.apply("windrose-journal", connections, connections, QUEUE, connections, false);
        JdbcBackend.DatabaseDef slick = JdbcBackend$.MODULE$
                .Database()
                .forDataSource(database.dataSource(), Option.apply(connections), executor, false);
        JdbcProfile profile = database.settings().embedded() ? SQLiteProfile$.MODULE$ : PostgresProfile$.MODULE$;
        this.shared = new Shared(slick, profile);
        system.registerOnTermination(executor::close);
    }

    @Override
    public SlickDatabase database(Config config) {
        return shared;
    }

    private record Shared(JdbcBackend.DatabaseDef database, JdbcProfile profile) implements SlickDatabase {
        @Override
        public boolean allowShutdown() {
            return false;
        }
    }
}
