package dev.windrose.live.journal;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import dev.windrose.watch.Alarms;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JournalServerTest {

    private static final ActorTestKit KIT = ActorTestKit.create(ManualTime.config()
            .withFallback(ConfigFactory.parseResources("windrose/wire.conf"))
            .withFallback(ConfigFactory.load()));
    private static final String HERE = "eu-west-1";
    private static final String ELSEWHERE = "us-east-1";
    private static final Duration NEVER = Duration.ofHours(1);

    private final ManualTime time = ManualTime.get(KIT.system());
    private final TestProbe<JournalServer.Batch> reader = KIT.createTestProbe(JournalServer.Batch.class);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final DefinitionMeters meters = new DefinitionMeters(registry);
    private Database database;

    private ActorRef<JournalServer.Command> serve(Duration gapTimeout, Duration holdPull) {
        return KIT.spawn(JournalServer.create(
                HERE, database, new ReplicatedEvents(KIT.system()), Journals.fresh(gapTimeout, holdPull), meters));
    }

    @BeforeEach
    void open() {
        database = Database.open(Journals.fresh(), meters);
        database.migrate();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private void write(long ordering, String entity, String origin) throws SQLException {
        StoredEvent event = ReplicatedEventsTest.stored(KIT.system(), ordering, entity, ordering, origin);
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO \"event_journal\" (\"ordering\","
                        + " \"persistence_id\", \"sequence_number\", \"writer\", \"write_timestamp\","
                        + " \"adapter_manifest\", \"event_payload\", \"event_ser_id\", \"event_ser_manifest\","
                        + " \"meta_payload\", \"meta_ser_id\", \"meta_ser_manifest\")"
                        + " VALUES (?, ?, ?, '', 0, '', ?, ?, ?, ?, ?, ?)")) {
            insert.setLong(1, ordering);
            insert.setString(2, event.persistenceId());
            insert.setLong(3, ordering);
            insert.setBytes(4, event.payload());
            insert.setInt(5, event.serializerId());
            insert.setString(6, event.manifest());
            insert.setBytes(7, event.metadata());
            insert.setInt(8, event.metadataSerializerId());
            insert.setString(9, event.metadataManifest());
            insert.executeUpdate();
        }
    }

    private static List<Long> places(JournalServer.Batch batch) {
        return batch.events().stream().map(StoredEvent::ordering).toList();
    }

    @Test
    void givesWhatWasWrittenHereFirstInItsOrder() throws SQLException {
        write(1, "rule:a", HERE);
        write(2, "rule:b", ELSEWHERE);
        write(3, "rule:a", HERE);
        ActorRef<JournalServer.Command> server = serve(NEVER, NEVER);

        server.tell(new JournalServer.Pull(ELSEWHERE, "", 0, reader.ref()));
        JournalServer.Batch batch = reader.receiveMessage();
        assertThat(places(batch)).containsExactly(1L, 3L);
        assertThat(batch.upTo()).isEqualTo(3);
        assertThat(batch.head()).isEqualTo(3);
        assertThat(batch.incarnation()).isNotEmpty();
    }

    @Test
    void anEventIsGivenToTheOneWhoWaitsAsSoonAsItIsWritten() throws SQLException {
        ActorRef<JournalServer.Command> server = serve(NEVER, NEVER);
        server.tell(new JournalServer.Pull(ELSEWHERE, "", 0, reader.ref()));
        reader.expectNoMessage(Duration.ofMillis(100));

        write(1, "rule:a", HERE);
        server.tell(JournalServer.Nudge.INSTANCE);
        assertThat(places(reader.receiveMessage())).containsExactly(1L);
    }

    @Test
    void whatStandsAfterAHoleWaitsUntilTheHoleIsFilled() throws SQLException {
        write(1, "rule:a", HERE);
        ActorRef<JournalServer.Command> server = serve(NEVER, NEVER);
        server.tell(new JournalServer.Pull(ELSEWHERE, "", 0, reader.ref()));
        String incarnation = reader.receiveMessage().incarnation();

        server.tell(new JournalServer.Pull(ELSEWHERE, incarnation, 1, reader.ref()));
        write(3, "rule:b", HERE);
        server.tell(JournalServer.Nudge.INSTANCE);
        reader.expectNoMessage(Duration.ofMillis(200));

        write(2, "rule:a", HERE);
        server.tell(JournalServer.Nudge.INSTANCE);
        assertThat(places(reader.receiveMessage())).containsExactly(2L, 3L);
    }

    @Test
    void aHoleThatNobodyFillsIsGivenUp() throws SQLException {
        write(1, "rule:a", HERE);
        ActorRef<JournalServer.Command> server = serve(Duration.ofMillis(1), NEVER);
        server.tell(new JournalServer.Pull(ELSEWHERE, "", 0, reader.ref()));
        String incarnation = reader.receiveMessage().incarnation();

        server.tell(new JournalServer.Pull(ELSEWHERE, incarnation, 1, reader.ref()));
        write(5, "rule:b", HERE);
        reader.awaitAssert(() -> {
            time.timePasses(Duration.ofSeconds(1));
            assertThat(registry.counter(DefinitionMeters.GAPS).count()).isEqualTo(3);
            return null;
        });
        assertThat(places(reader.receiveMessage())).containsExactly(5L);
    }

    @Test
    void aPullThatFindsNothingIsAnsweredAfterAWhileWithHowFarTheJournalIs() throws SQLException {
        write(1, "rule:a", ELSEWHERE);
        ActorRef<JournalServer.Command> server = serve(NEVER, Duration.ZERO);
        server.tell(new JournalServer.Pull(ELSEWHERE, "", 0, reader.ref()));
        JournalServer.Batch first = reader.awaitAssert(() -> {
            time.timePasses(Duration.ofSeconds(1));
            return reader.receiveMessage(Duration.ofMillis(200));
        });
        assertThat(first.events()).isEmpty();
        assertThat(first.upTo()).isEqualTo(1);
    }

    @Test
    void aReaderOfAnotherLifeOfTheJournalIsToldToBeginAgain() throws SQLException {
        write(1, "rule:a", HERE);
        ActorRef<JournalServer.Command> server = serve(NEVER, NEVER);
        server.tell(new JournalServer.Pull(ELSEWHERE, "", 0, reader.ref()));
        String incarnation = reader.receiveMessage().incarnation();

        server.tell(new JournalServer.Pull(ELSEWHERE, "another", 1, reader.ref()));
        JournalServer.Batch again = reader.receiveMessage();
        assertThat(again.incarnation()).isEqualTo(incarnation);
        assertThat(again.upTo()).isZero();
        assertThat(again.events()).isEmpty();
    }

    @Test
    void aReaderWhoHasSeenMoreThanThereIsStartsANewLifeOfTheJournalAndAnAlarm() throws SQLException {
        write(1, "rule:a", HERE);
        ActorRef<JournalServer.Command> server = serve(NEVER, NEVER);
        server.tell(new JournalServer.Pull(ELSEWHERE, "", 0, reader.ref()));
        String before = reader.receiveMessage().incarnation();

        server.tell(new JournalServer.Pull(ELSEWHERE, before, 7, reader.ref()));
        JournalServer.Batch told = reader.receiveMessage();
        assertThat(told.incarnation()).isNotEqualTo(before);
        assertThat(told.upTo()).isZero();
        assertThat(registry.get(Alarms.ALARM).tag("kind", "lost_tail").gauge().value())
                .isEqualTo(1);
    }

    @Test
    void aReaderWhoHasSeenWhatWasLostIsFoundOutEvenAfterOthersWereWritten() throws SQLException {
        write(1, "rule:a", HERE);
        ActorRef<JournalServer.Command> server = serve(NEVER, NEVER);
        server.tell(new JournalServer.Pull("ap-southeast-1", "", 0, reader.ref()));
        String before = reader.receiveMessage().incarnation();
        write(2, "rule:a", HERE);
        write(3, "rule:a", HERE);
        server.tell(JournalServer.Nudge.INSTANCE);
        server.tell(new JournalServer.Pull("ap-southeast-1", before, 1, reader.ref()));
        reader.receiveMessage();

        server.tell(new JournalServer.Pull(ELSEWHERE, before, 2, reader.ref()));
        assertThat(reader.receiveMessage().incarnation()).isNotEqualTo(before);
    }

    @Test
    void theEventsOfOneDefinitionAreGivenByThemselves() throws SQLException {
        write(1, "rule:a", HERE);
        write(2, "rule:b", HERE);
        write(3, "rule:a", HERE);
        ActorRef<JournalServer.Command> server = serve(NEVER, NEVER);
        server.tell(new JournalServer.Pull(ELSEWHERE, "", 0, reader.ref()));
        StoredEvent first = reader.receiveMessage().events().get(0);

        server.tell(new JournalServer.PullOne(first.persistenceId(), 1, reader.ref()));
        assertThat(places(reader.receiveMessage())).containsExactly(3L);
    }
}
