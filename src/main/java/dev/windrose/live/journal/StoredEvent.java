package dev.windrose.live.journal;

import dev.windrose.live.wire.WireMessage;

/**
 * One event as stored in the journal: bytes, and what is needed to decode them. It is replicated as stored.
 *
 * @param ordering its position in the region's journal, from 1
 * @param sequenceNumber its number within its definition in that journal, from 1
 * @param timestamp wall clock of the write in ms
 */
@SuppressWarnings("ArrayRecordComponent")
public record StoredEvent(
        long ordering,
        String persistenceId,
        long sequenceNumber,
        long timestamp,
        byte[] payload,
        int serializerId,
        String manifest,
        byte[] metadata,
        int metadataSerializerId,
        String metadataManifest)
        implements WireMessage {

    /** Approximate size on the wire, in bytes. */
    int size() {
        return payload.length + metadata.length + persistenceId.length() + 128;
    }
}
