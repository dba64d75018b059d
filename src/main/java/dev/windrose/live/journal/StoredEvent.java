package dev.windrose.live.journal;

import dev.windrose.live.wire.WireMessage;

/**
 * One event as the journal has it: bytes, and what is needed to read them. It travels as stored.
 *
 * @param ordering its place in the order of the region's journal, from 1
 * @param sequenceNumber its place in the order of its definition in that journal, from 1
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

    /** About what it takes on the wire, in bytes. */
    int size() {
        return payload.length + metadata.length + persistenceId.length() + 128;
    }
}
