package dev.windrose.live.definition;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.ReplicaId;
import akka.persistence.typed.ReplicationId;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.IdempotencyKey;
import dev.windrose.decide.health.Checks;
import dev.windrose.live.journal.Database;
import dev.windrose.live.journal.JournalHistory;
import dev.windrose.live.journal.JournalSetup;
import dev.windrose.live.journal.Journals;
import dev.windrose.model.DefinitionKey;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Clients that repeat what failed, against a journal that stalls: {@code -Dwindrose.writes=10000 -Dwindrose.stall=10000} is the
 * whole run, with stalls of 0 to 10 s.
 */
class StallingJournalTest {

    private static final int WRITES = Integer.getInteger("windrose.writes", 240);
    private static final int STALL_MS = Integer.getInteger("windrose.stall", 1_000);
    private static final int CLIENTS = Integer.getInteger("windrose.clients", 16);
    private static final int DEFINITIONS = Math.max(40, WRITES / 50);
    private static final String REGION = "eu-west-1";

    /** Of 100 inserts four fail, and twenty wait for up to {@link #STALL_MS}. */
    private static final String STALL = """
            CREATE TABLE stalls (on_now boolean);
            INSERT INTO stalls VALUES (false);
            CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
              chance int := floor(random() * 100);
            BEGIN
              IF NOT (SELECT on_now FROM stalls) THEN
                RETURN NEW;
              END IF;
              IF chance < 4 THEN
                RAISE EXCEPTION 'no more' USING ERRCODE = '58030';
              ELSIF chance < 24 THEN
                PERFORM pg_sleep(random() * %d / 1000.0);
              END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER stall BEFORE INSERT ON "event_journal" FOR EACH ROW EXECUTE FUNCTION stall()
            """.formatted(STALL_MS);

    private static final Database DATABASE =
            Database.open(Journals.inPostgres(), new DefinitionMeters(new SimpleMeterRegistry()));
    private static final ActorTestKit KIT = ActorTestKit.create(system());

    private static void execute(String sql) {
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void stall(boolean on) {
        execute("UPDATE stalls SET on_now = " + on);
    }

    private static ActorSystem<Void> system() {
        // Each failed write is a line with a stack, and there are thousands.
        ((Logger) LoggerFactory.getLogger(RuleActor.class)).setLevel(Level.OFF);
        DATABASE.migrate();
        execute(STALL);
        Config config = ConfigFactory.parseString("""
                        akka.actor.provider = local
                        jdbc-journal.circuit-breaker.call-timeout = %d ms
                        jdbc-journal.circuit-breaker.reset-timeout = %d ms
                        """.formatted(STALL_MS / 2, STALL_MS / 3))
                .withFallback(ConfigFactory.parseResources("application-test.conf"))
                .withFallback(ConfigFactory.parseResources("windrose/akka-control.conf"))
                .withFallback(ConfigFactory.parseResources("windrose/wire.conf"))
                .withFallback(ConfigFactory.load());
        return ActorSystem.create(
                Behaviors.empty(),
                "stalls",
                ActorSystemSetup.create(BootstrapSetup.create(config), new JournalSetup(DATABASE)));
    }

    @AfterAll
    static void shutDown() {
        stall(false);
        ((Logger) LoggerFactory.getLogger(RuleActor.class)).setLevel(null);
        KIT.shutdownTestKit();
        DATABASE.close();
    }

    /** What goes to a definition, which is there while it is needed: as sharding does it. */
    private record To(String entity, RuleActor.Command command) {}

    private static Behavior<To> shard() {
        return Behaviors.setup(context -> {
            Map<String, ActorRef<RuleActor.Command>> running = new HashMap<>();
            ReplicaId here = new ReplicaId(REGION);
            return Behaviors.receive(To.class)
                    .onMessage(To.class, to -> {
                        running.computeIfAbsent(to.entity(), entity -> {
                                    ActorRef<RuleActor.Command> actor = context.spawnAnonymous(RuleActor.create(
                                            new ReplicationId(RuleActor.TYPE, entity, here),
                                            Set.of(here),
                                            Checks.DEFAULTS,
                                            10,
                                            System::currentTimeMillis,
                                            (key, state) -> {}));
                                    context.watch(actor);
                                    return actor;
                                })
                                .tell(to.command());
                        return Behaviors.same();
                    })
                    .onSignal(Terminated.class, ended -> {
                        running.values().removeIf(actor -> actor.equals(ended.getRef()));
                        return Behaviors.same();
                    })
                    .build();
        });
    }

    private enum Said {
        DONE,
        NO,
        UNKNOWN
    }

    private static Said submit(DefinitionGateway gateway, String entity, DefinitionGateway.Edit edit) {
        try {
            DefinitionGateway.Outcome outcome = gateway.submit(DefinitionKey.parse(entity), edit)
                    .toCompletableFuture()
                    .join();
            return outcome.result() == DefinitionGateway.Result.DONE ? Said.DONE : Said.NO;
        } catch (CompletionException e) {
            return e.getCause() instanceof DefinitionGateway.OutcomeUnknown ? Said.UNKNOWN : Said.NO;
        }
    }

    @Test
    void everyAnswerIsTrueAndNothingIsDoneTwice() throws Exception {
        ActorRef<To> shard = KIT.spawn(shard());
        DefinitionSettings settings = new DefinitionSettings(
                Duration.ofMillis(STALL_MS * 3L / 10),
                Duration.ofSeconds(1),
                10,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10));
        DefinitionGateway gateway = new EditGateway(
                (entity, asked, atMost) -> AskPattern.<To, RuleActor.Answer>ask(
                        shard, replyTo -> new To(entity, asked.apply(replyTo)), atMost, KIT.scheduler()),
                settings,
                System::currentTimeMillis,
                states -> {},
                new DefinitionMeters(new SimpleMeterRegistry()));
        List<String> entities = new ArrayList<>();
        for (int i = 0; i < DEFINITIONS; i++) {
            entities.add("rule:stalled-" + i);
            DefinitionGateway.Edit create = new DefinitionGateway.Edit(
                    Change.Kind.CREATED,
                    Map.of("name", "x", "algorithm", "priority", "target_regions", REGION),
                    null,
                    "setup",
                    "",
                    new IdempotencyKey("setup", "setup", true));
            Said said = Said.NO;
            for (int tries = 0; tries < 1_000 && said != Said.DONE; tries++) {
                // The first ones of a JVM that has just started take longer than an edit may.
                said = submit(gateway, entities.get(i), create);
            }
            assertThat(said).isEqualTo(Said.DONE);
        }

        stall(true);
        Map<String, Said> last = new ConcurrentHashMap<>();
        Map<Said, AtomicInteger> counted =
                Map.of(Said.DONE, new AtomicInteger(), Said.NO, new AtomicInteger(), Said.UNKNOWN, new AtomicInteger());
        List<Thread> clients = new ArrayList<>();
        for (int c = 0; c < CLIENTS; c++) {
            int client = c;
            Thread thread = new Thread(() -> {
                Random random = new Random(client);
                for (int n = 0; n < WRITES / CLIENTS; n++) {
                    String id = client + "-" + n;
                    // Whoever gives up leaves the last answer to be judged.
                    int tries = random.nextInt(4) == 0 ? 1 : 40;
                    DefinitionGateway.Edit edit = new DefinitionGateway.Edit(
                            Change.Kind.CHANGED,
                            Map.of("name", "name " + id),
                            null,
                            "client " + client,
                            "",
                            new IdempotencyKey(id, id, random.nextBoolean()));
                    String entity = entities.get(random.nextInt(DEFINITIONS));
                    boolean unknown = false;
                    Said said = Said.NO;
                    for (int i = 0; i < tries && said != Said.DONE; i++) {
                        said = submit(gateway, entity, edit);
                        counted.get(said).incrementAndGet();
                        unknown |= said == Said.UNKNOWN;
                    }
                    last.put(id, said == Said.NO && unknown ? Said.UNKNOWN : said);
                }
            });
            clients.add(thread);
            thread.start();
        }
        for (Thread thread : clients) {
            thread.join();
        }
        stall(false);
        nothingInFlight();

        Map<String, Integer> events = new HashMap<>();
        new JournalHistory(
                        KIT.system(),
                        DATABASE,
                        RuleActor.TYPE,
                        REGION,
                        System::currentTimeMillis,
                        ForkJoinPool.commonPool())
                .of(entities, 1_000_000)
                .toCompletableFuture()
                .join()
                .forEach(entries -> {
                    List<Change> changes = new ArrayList<>();
                    entries.forEach(entry -> changes.add(entry.change()));
                    changes.sort(Comparator.comparing(Change::stamp));
                    IdempotencyKey before = null;
                    for (Change change : changes) {
                        IdempotencyKey request = change.request();
                        // Without a key it is made again when another edit has replaced it meanwhile, and only then.
                        boolean again = request != null
                                && !request.keyed()
                                && events.containsKey(request.id())
                                && !request.equals(before);
                        if (request != null && !request.id().equals("setup") && !again) {
                            events.merge(request.id(), 1, Integer::sum);
                        }
                        before = request;
                    }
                });
        System.out.println(WRITES + " writes, stalls of 0 to " + STALL_MS + " ms, answers " + counted);
        last.forEach((id, said) -> {
            int times = events.getOrDefault(id, 0);
            switch (said) {
                case DONE -> assertThat(times).as("done: " + id).isEqualTo(1);
                case NO -> assertThat(times).as("not done: " + id).isZero();
                case UNKNOWN -> assertThat(times).as("unknown: " + id).isLessThanOrEqualTo(1);
            }
        });
        assertThat(last).hasSize(WRITES / CLIENTS * CLIENTS);
        assertThat(counted.get(Said.UNKNOWN)).as("the journal did stall").hasPositiveValue();
        assertThat(counted.get(Said.NO).get() + counted.get(Said.DONE).get()).isPositive();
    }

    /** When all connections can be had at once nobody writes. */
    private static void nothingInFlight() throws SQLException {
        List<Connection> all = new ArrayList<>();
        try {
            for (int i = 0; i < DATABASE.settings().connections(); i++) {
                all.add(DATABASE.dataSource().getConnection());
            }
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
        }
    }
}
