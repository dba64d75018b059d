package dev.windrose.live.journal;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A journal's events in a file, as stored, in order.
 *
 * <p>A header line, then for each event the length and the CRC-32C of its body and the body, and at the end a length of
 * 0 with the number of events and the CRC-32C of all bodies, so that a truncated file is detected.
 */
final class EventFile {

    private static final byte[] HEAD = "windrose-journal 1\n".getBytes(StandardCharsets.US_ASCII);
    static final int LONGEST_BODY = 1 << 20;

    /** Writes a file; it gets its name only when it is complete. */
    static final class Writer implements AutoCloseable {

        private final Path file;
        private final Path unfinished;
        private final DataOutputStream out;
        private final CRC32C all = new CRC32C();
        private long count = 0;

        Writer(Path file) throws IOException {
            this.file = file;
            this.unfinished = file.resolveSibling(file.getFileName() + ".part");
            this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(unfinished), 1 << 16));
            out.write(HEAD);
        }

        void add(StoredEvent event) throws IOException {
            byte[] body = body(event);
            out.writeInt(body.length);
            out.writeInt(crc(body));
            out.write(body);
            all.update(body);
            count++;
        }

        /** Completes the file and renames it into place. */
        void finish() throws IOException {
            out.writeInt(0);
            out.writeLong(count);
            out.writeInt((int) all.getValue());
            out.close();
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void close() throws IOException {
            out.close();
            Files.deleteIfExists(unfinished);
        }
    }

    /** Reads a file from its beginning. */
    static final class Reader implements AutoCloseable {

        private final Path file;
        private final DataInputStream in;
        private final CRC32C all = new CRC32C();
        private long count = 0;
        private boolean ended = false;

        Reader(Path file) throws IOException {
            this.file = file;
            this.in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
            if (!new String(in.readNBytes(HEAD.length), StandardCharsets.US_ASCII)
                    .equals(new String(HEAD, StandardCharsets.US_ASCII))) {
                in.close();
                throw wrong("not a journal export");
            }
        }

        private IOException wrong(String why) {
            return new IOException(file + ": " + why + " (expected: a complete file of windrose journal export)");
        }

        /** The next event, or null at the end of a complete file. */
        @Nullable
        StoredEvent next() throws IOException {
            if (ended) {
                return null;
            }
            try {
                int length = in.readInt();
                if (length == 0) {
                    if (in.readLong() != count || in.readInt() != (int) all.getValue() || in.read() >= 0) {
                        throw wrong("its trailer does not match its events");
                    }
                    ended = true;
                    return null;
                }
                int crc = in.readInt();
                byte[] body = length < 0 || length > LONGEST_BODY ? new byte[0] : in.readNBytes(length);
                if (length > 0 && length <= LONGEST_BODY && body.length < length) {
                    throw wrong("truncated after " + count + " events");
                }
                if (body.length != length || crc(body) != crc) {
                    throw wrong("damaged after " + count + " events");
                }
                all.update(body);
                count++;
                return event(body);
            } catch (EOFException e) {
                throw wrong("truncated after " + count + " events");
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    static int crc(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return (int) crc.getValue();
    }

    static byte[] body(StoredEvent event) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(event.ordering());
        out.writeUTF(event.persistenceId());
        out.writeLong(event.sequenceNumber());
        out.writeLong(event.timestamp());
        out.writeInt(event.payload().length);
        out.write(event.payload());
        out.writeInt(event.serializerId());
        out.writeUTF(event.manifest());
        out.writeInt(event.metadata().length);
        out.write(event.metadata());
        out.writeInt(event.metadataSerializerId());
        out.writeUTF(event.metadataManifest());
        return bytes.toByteArray();
    }

    static StoredEvent event(byte[] body) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
        return new StoredEvent(
                in.readLong(),
                in.readUTF(),
                in.readLong(),
                in.readLong(),
                in.readNBytes(in.readInt()),
                in.readInt(),
                in.readUTF(),
                in.readNBytes(in.readInt()),
                in.readInt(),
                in.readUTF());
    }

    private EventFile() {}
}
