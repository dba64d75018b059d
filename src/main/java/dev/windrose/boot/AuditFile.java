package dev.windrose.boot;

import dev.windrose.decide.audit.AuditChain;
import dev.windrose.decide.audit.AuditEntry;
import dev.windrose.live.audit.AuditJson;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * An exported audit: lines of {@code GET /api/v1/audit}, each chain in order. Each line is byte for byte the
 * serialization of its entry.
 */
public final class AuditFile {

    private static final int LONGEST_LINE = 16 << 20;

    /** The entries of the lines, one after the other. */
    private static final class Entries implements Iterator<AuditEntry> {
        private final InputStream in;
        private long number = 0;
        private @Nullable String next;

        Entries(InputStream in) {
            this.in = in;
            this.next = line();
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public AuditEntry next() {
            String line = next;
            if (line == null) {
                throw new NoSuchElementException();
            }
            try {
                AuditEntry entry = AuditJson.exactly(line);
                next = line();
                return entry;
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
            }
        }

        /** Reads to the next line feed, which alone ends a line; null at the end. */
        private @Nullable String line() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try {
                int next = in.read();
                if (next < 0) {
                    return null;
                }
                number++;
                for (; next >= 0 && next != '\n'; next = in.read()) {
                    bytes.write(next);
                    if (bytes.size() > LONGEST_LINE) {
                        throw new IllegalArgumentException("longer than " + LONGEST_LINE + " bytes");
                    }
                }
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes.toByteArray()))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new IllegalArgumentException("line " + number + ": not UTF-8", e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Verifies that it is unchanged.
     *
     * @param heads trusted records that must match
     * @throws IOException when it cannot be read
     * @throws IllegalArgumentException when a line is not the serialization of an entry
     */
    public static AuditChain.Verified verify(Path file, Collection<AuditChain.Head> heads) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return AuditChain.verify(new Entries(in), heads);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private AuditFile() {}
}
