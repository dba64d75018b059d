package dev.windrose.live.journal;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorSystem;
import akka.persistence.typed.PublishedEvent;
import akka.persistence.typed.ReplicaId;
import akka.persistence.typed.ReplicationId;
import akka.persistence.typed.internal.PublishedEventImpl;
import akka.persistence.typed.internal.ReplicatedEventMetadata;
import akka.persistence.typed.internal.VersionVector;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializers;
import com.typesafe.config.ConfigFactory;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.Stamp;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Holds the few things that are used of Akka beyond its public interface. */
class ReplicatedEventsTest {

    private static final ActorTestKit KIT = ActorTestKit.create(
            ConfigFactory.parseResources("windrose/wire.conf").withFallback(ConfigFactory.load()));

    static final Change CHANGE =
            new Change(Change.Kind.CREATED, Map.of("name", "Web"), new Stamp(7, "eu-west-1"), "tester", "");

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    /** A row of the journal as Akka writes it. */
    static StoredEvent stored(ActorSystem<?> system, long ordering, String entity, long sequenceNumber, String origin) {
        Serialization serialization = SerializationExtension.get(system);
        ReplicatedEventMetadata metadata = new ReplicatedEventMetadata(
                new ReplicaId(origin), sequenceNumber, VersionVector.empty().updated(origin, sequenceNumber), false);
        byte[] payload = serialization.serialize(CHANGE).get();
        byte[] meta = serialization.serialize(metadata).get();
        return new StoredEvent(
                ordering,
                new ReplicationId("definition", entity, new ReplicaId("eu-west-1"))
                        .persistenceId()
                        .id(),
                sequenceNumber,
                1_700_000_000_000L,
                payload,
                serialization.findSerializerFor(CHANGE).identifier(),
                Serializers.manifestFor(serialization.findSerializerFor(CHANGE), CHANGE),
                meta,
                serialization.findSerializerFor(metadata).identifier(),
                Serializers.manifestFor(serialization.findSerializerFor(metadata), metadata));
    }

    @Test
    void anEventOfTheJournalBecomesTheMessageThatAReplicaTakes() {
        ReplicatedEvents events = new ReplicatedEvents(KIT.system());
        TestProbe<Done> taken = KIT.createTestProbe(Done.class);
        StoredEvent stored = stored(KIT.system(), 3, "rule:web", 5, "eu-west-1");

        assertThat(events.origin(stored)).isEqualTo("eu-west-1");
        assertThat(ReplicatedEvents.entity(stored)).isEqualTo("rule:web");
        PublishedEventImpl message = (PublishedEventImpl) events.delivery(stored, taken.ref());
        PublishedEvent published = message;
        assertThat(published.event()).isEqualTo(CHANGE);
        assertThat(published.sequenceNumber()).isEqualTo(5);
        assertThat(message.replicatedMetaData().get().replicaId().id()).isEqualTo("eu-west-1");
        assertThat(message.replicatedMetaData().get().version())
                .isEqualTo(VersionVector.empty().updated("eu-west-1", 5));
        assertThat(message.replyTo().get()).isEqualTo(taken.ref());
    }

    @Test
    void thereIsAQueryPluginThatAsksNothing() {
        assertThat(ReplicatedEvents.NO_QUERIES).isEqualTo("no-plugin");
    }
}
