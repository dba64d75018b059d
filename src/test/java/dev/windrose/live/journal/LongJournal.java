package dev.windrose.live.journal;

import akka.actor.typed.ActorSystem;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.definition.StateHash;
import dev.windrose.model.DefinitionKey;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A journal of many rules that were changed many times, in an embedded database, as a node would have written it. */
public final class LongJournal {

    private static final int BATCH = 1000;

    /** Fills the database of a data directory, and returns the hash of the state that the changes make. */
    public static String write(ActorSystem<?> system, Path dataDir, int rules, int events) throws Exception {
        Random random = new Random(1);
        ReplicatedEvents replicated = new ReplicatedEvents(system);
        Map<DefinitionKey, DefinitionState> states = new HashMap<>();
        Map<String, Long> numbers = new HashMap<>();
        try (Database database = database(dataDir);
                Connection connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            List<StoredEvent> batch = new ArrayList<>();
            for (int i = 0; i < events; i++) {
                String rule = "rule-" + (i < rules ? i : random.nextInt(rules));
                DefinitionKey key = DefinitionKey.parse("rule:" + rule);
                DefinitionState before = states.getOrDefault(key, DefinitionState.EMPTY);
                Change change = change(rule, i, before, random);
                states.put(key, before.after(change));
                String id = "definition|rule:" + rule + "|us-east-1";
                batch.add(replicated.stored(i + 1, id, numbers.merge(id, 1L, Long::sum), change, "us-east-1"));
                if (batch.size() == BATCH || i == events - 1) {
                    EventRows.insert(connection, batch, "writer");
                    connection.commit();
                    batch.clear();
                }
            }
            connection.setAutoCommit(true);
            EventRows.continueAfterHead(connection);
        }
        return StateHash.of(states);
    }

    private static Change change(String rule, int i, DefinitionState before, Random random) {
        Stamp stamp = new Stamp(1_700_000_000_000L + i, "us-east-1");
        double weight = random.nextInt(1, 100) / 100.0;
        String weights = "eu-west-1=" + (1 - weight) + " us-east-1=" + weight;
        return before.exists()
                ? new Change(Change.Kind.WEIGHTS_SET, Map.of("weights", weights), stamp, "ada", "tuned")
                : new Change(
                        Change.Kind.CREATED,
                        Map.of(
                                "name", rule,
                                "algorithm", "weighted_round_robin",
                                "target_regions", "us-east-1 eu-west-1",
                                "weights", weights,
                                "health_check", "interval_ms=600000 type=tcp",
                                "status", "active"),
                        stamp,
                        "ada",
                        "");
    }

    static Database database(Path dataDir) {
        Database database = Database.open(Journals.in(dataDir), new DefinitionMeters(new SimpleMeterRegistry()));
        database.migrate();
        return database;
    }

    private LongJournal() {}
}
