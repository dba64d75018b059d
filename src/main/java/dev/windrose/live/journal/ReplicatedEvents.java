package dev.windrose.live.journal;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.ReplicaId;
import akka.persistence.typed.ReplicationId;
import akka.persistence.typed.internal.PublishedEventImpl;
import akka.persistence.typed.internal.ReplicatedEventMetadata;
import akka.persistence.typed.internal.ReplicatedPublishedEventMetaData;
import akka.persistence.typed.internal.ReplicationContextImpl;
import akka.persistence.typed.internal.VersionVector;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializer;
import akka.serialization.Serializers;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import scala.Option;
import scala.util.Try;

/**
 * The only use of Akka's replicated event sourcing beyond its public API.
 *
 * <p>These classes are public in the bytecode of exactly the pinned version; {@code ReplicatedEventsTest} fails when
 * they change.
 */
public final class ReplicatedEvents {

    /** A query plugin that starts no queries: events arrive through the {@link RegionInbox}. */
    public static final String NO_QUERIES = ReplicationContextImpl.NoPlugin();

    private final Serialization serialization;

    public ReplicatedEvents(ActorSystem<?> system) {
        this.serialization = SerializationExtension.get(system);
    }

    /** The region in which the event was first written. */
    String origin(StoredEvent event) {
        return metadata(event).originReplica().id();
    }

    /** The content of the event. */
    Change change(StoredEvent event) {
        return (Change) read(event.payload(), event.serializerId(), event.manifest());
    }

    /** The content of a snapshot. */
    DefinitionState state(SnapshotRows.Row row) {
        return (DefinitionState) read(row.payload(), row.serializerId(), row.manifest());
    }

    /** A change as stored in the journal. */
    StoredEvent stored(long ordering, String persistenceId, long sequenceNumber, Change change, String origin) {
        ReplicatedEventMetadata metadata = new ReplicatedEventMetadata(
                new ReplicaId(origin), sequenceNumber, VersionVector.empty().updated(origin, sequenceNumber), false);
        Serializer ofChange = serialization.findSerializerFor(change);
        Serializer ofMetadata = serialization.findSerializerFor(metadata);
        return new StoredEvent(
                ordering,
                persistenceId,
                sequenceNumber,
                change.stamp().epochMs(),
                serialization.serialize(change).get(),
                ofChange.identifier(),
                Serializers.manifestFor(ofChange, change),
                serialization.serialize(metadata).get(),
                ofMetadata.identifier(),
                Serializers.manifestFor(ofMetadata, metadata));
    }

    /** The definition that the event belongs to. */
    public static String entity(StoredEvent event) {
        return ReplicationId.fromString(event.persistenceId()).entityId();
    }

    /**
     * The message that delivers an event of another region to a replica. The replica answers when it has persisted the
     * event, or already had it.
     */
    public Object delivery(StoredEvent event, ActorRef<Done> replyTo) {
        ReplicatedEventMetadata metadata = metadata(event);
        Object payload = read(event.payload(), event.serializerId(), event.manifest());
        return new PublishedEventImpl(
                PersistenceId.ofUniqueId(event.persistenceId()),
                event.sequenceNumber(),
                payload,
                event.timestamp(),
                Option.apply(new ReplicatedPublishedEventMetaData(metadata.originReplica(), metadata.version())),
                Option.apply(replyTo));
    }

    private ReplicatedEventMetadata metadata(StoredEvent event) {
        return (ReplicatedEventMetadata) read(event.metadata(), event.metadataSerializerId(), event.metadataManifest());
    }

    /** Fails with unchecked exceptions only; Scala code may throw any. */
    private Object read(byte[] bytes, int serializerId, String manifest) {
        Try<Object> read = serialization.deserialize(bytes, serializerId, manifest);
        if (read.isFailure()) {
            throw new IllegalStateException("cannot be read", read.failed().get());
        }
        return read.get();
    }
}
