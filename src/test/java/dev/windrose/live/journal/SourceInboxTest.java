package dev.windrose.live.journal;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import com.typesafe.config.ConfigFactory;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SourceInboxTest {

    private static final ActorTestKit KIT = ActorTestKit.create(ManualTime.config()
            .withFallback(ConfigFactory.parseResources("windrose/wire.conf"))
            .withFallback(ConfigFactory.load()));
    private static final String SOURCE = "eu-west-1";

    /** An event on its way to its definition, completed by the test. */
    private record Handed(StoredEvent event, CompletableFuture<Done> taken) {
        void take() {
            taken.complete(Done.getInstance());
        }

        void refuse() {
            taken.completeExceptionally(new IllegalStateException("poison"));
        }
    }

    private final ManualTime time = ManualTime.get(KIT.system());
    private final TestProbe<JournalServer.Command> server = KIT.createTestProbe(JournalServer.Command.class);
    private final TestProbe<Handed> handed = KIT.createTestProbe(Handed.class);
    private final TestProbe<String> behind = KIT.createTestProbe(String.class);
    private final JournalSettings settings = Journals.fresh();
    private Database database;
    private CursorStore store;

    @BeforeEach
    void open() {
        DefinitionMeters meters = new DefinitionMeters(new SimpleMeterRegistry());
        database = Database.open(settings, meters);
        database.migrate();
        store = new CursorStore(database.dataSource());
        KIT.spawn(SourceInbox.create(
                "us-east-1",
                SOURCE,
                server.ref(),
                store,
                (event, atMost) -> {
                    Handed next = new Handed(event, new CompletableFuture<>());
                    handed.ref().tell(next);
                    return next.taken();
                },
                behind.ref()::tell,
                settings,
                meters));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static StoredEvent event(long ordering, String entity, long sequenceNumber) {
        return ReplicatedEventsTest.stored(KIT.system(), ordering, entity, sequenceNumber, SOURCE);
    }

    private JournalServer.Pull pull() {
        return server.expectMessageClass(JournalServer.Pull.class);
    }

    private void answer(JournalServer.Pull pull, String incarnation, long upTo, StoredEvent... events) {
        pull.replyTo().tell(new JournalServer.Batch(incarnation, upTo, upTo, Arrays.asList(events)));
    }

    /** A first contact tells the life of the journal; it is read from its start. */
    private JournalServer.Pull introduced() {
        JournalServer.Pull first = pull();
        assertThat(first.after()).isZero();
        answer(first, "one", 0);
        return pull();
    }

    @Test
    void saysWhenMuchIsStillToComeAndNotForALittle() {
        JournalServer.Pull pull = introduced();
        pull.replyTo().tell(new JournalServer.Batch("one", 3, 203, List.of()));
        pull = pull();
        behind.expectNoMessage(Duration.ofMillis(50));
        pull.replyTo().tell(new JournalServer.Batch("one", 5, 5000, List.of()));
        behind.expectMessage(SOURCE);
        pull();
    }

    private void awaitCursor(long ordering) {
        handed.awaitAssert(() -> {
            try {
                assertThat(store.load(SOURCE)).isEqualTo(new CursorStore.Cursor("one", ordering));
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
            return null;
        });
    }

    @Test
    void handsEachDefinitionItsEventsInOrderOneAtATimeAndSavesItsPlaceWhenAllAreTaken() throws Exception {
        answer(introduced(), "one", 4, event(1, "rule:a", 1), event(2, "rule:b", 1), event(3, "rule:a", 2));
        Handed a1 = handed.receiveMessage();
        Handed b1 = handed.receiveMessage();
        assertThat(List.of(a1.event().ordering(), b1.event().ordering())).containsExactlyInAnyOrder(1L, 2L);
        time.expectNoMessageFor(Duration.ofMillis(100), handed);

        (a1.event().ordering() == 1 ? b1 : a1).take();
        time.expectNoMessageFor(Duration.ofMillis(100), handed);
        assertThat(store.load(SOURCE)).isEqualTo(CursorStore.Cursor.START);

        (a1.event().ordering() == 1 ? a1 : b1).take();
        Handed a2 = handed.receiveMessage();
        assertThat(a2.event().ordering()).isEqualTo(3);
        a2.take();
        awaitCursor(4);
        assertThat(pull().after()).isEqualTo(4);
    }

    @Test
    void triesAgainAndThenParksADefinitionWhileTheOthersGoOn() throws Exception {
        answer(
                introduced(),
                "one",
                3,
                event(1, "rule:poison", 1),
                event(2, "rule:good", 1),
                event(3, "rule:poison", 2));
        List<Handed> first = new ArrayList<>(List.of(handed.receiveMessage(), handed.receiveMessage()));
        first.stream()
                .filter(h -> h.event().ordering() == 2)
                .findFirst()
                .orElseThrow()
                .take();
        first.stream()
                .filter(h -> h.event().ordering() == 1)
                .findFirst()
                .orElseThrow()
                .refuse();
        for (int tries = 1; tries < 3; tries++) {
            Handed again = afterSomeTime();
            assertThat(again.event().ordering()).isEqualTo(1);
            again.refuse();
        }
        awaitCursor(3);
        String poison = event(1, "rule:poison", 1).persistenceId();
        assertThat(store.parked(SOURCE)).isEqualTo(Map.of(poison, 1L));

        // What comes later for it is not handed over either, or order would be lost.
        answer(pull(), "one", 5, event(4, "rule:poison", 3), event(5, "rule:good", 2));
        Handed good = handed.receiveMessage();
        assertThat(good.event().ordering()).isEqualTo(5);
        good.take();
        awaitCursor(5);

        pull();
        time.timePasses(settings.retryParkedEvery());
        // In that minute the open pull is given up and asked again, too.
        JournalServer.Command asked = server.receiveMessage();
        while (asked instanceof JournalServer.Pull) {
            asked = server.receiveMessage();
        }
        JournalServer.PullOne one = (JournalServer.PullOne) asked;
        assertThat(one.persistenceId()).isEqualTo(poison);
        assertThat(one.after()).isZero();
        one.replyTo()
                .tell(new JournalServer.Batch(
                        "one", 5, 5, List.of(event(1, "rule:poison", 1), event(3, "rule:poison", 2))));
        Handed healed = handed.receiveMessage();
        assertThat(healed.event().ordering()).isEqualTo(1);
        healed.take();
        assertThat(handed.receiveMessage().event().ordering()).isEqualTo(3);
    }

    /** The failure has to reach the inbox before its timer is set, so time passes in small steps. */
    private Handed afterSomeTime() {
        CompletableFuture<Handed> next = new CompletableFuture<>();
        server.awaitAssert(() -> {
            time.timePasses(Duration.ofMillis(500));
            next.complete(handed.receiveMessage(Duration.ofMillis(50)));
            return null;
        });
        return next.join();
    }

    @Test
    void startsAgainFromTheStartWhenTheJournalIsNotTheOneItWas() {
        answer(introduced(), "one", 7, event(7, "rule:a", 1));
        handed.receiveMessage().take();
        awaitCursor(7);

        answer(pull(), "two", 0);
        JournalServer.Pull anew = pull();
        assertThat(anew.incarnation()).isEqualTo("two");
        assertThat(anew.after()).isZero();
    }
}
