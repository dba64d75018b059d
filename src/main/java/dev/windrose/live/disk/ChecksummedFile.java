package dev.windrose.live.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Files with a header line {@code KIND CRC32C LENGTH} and a body. They are written under a temporary name, forced to
 * disk and renamed, so that a crash at any moment leaves a complete file; a damaged file is rejected. Blocks.
 */
public final class ChecksummedFile {

    private static final int LONGEST_HEAD = 64;
    private static final long MOST_BYTES = 1L << 30;

    private final String kind;

    /** @param kind type and version of the body, such as {@code windrose-table 1} */
    public ChecksummedFile(String kind) {
        this.kind = kind;
    }

    /** The body; throws when the file cannot be read, is damaged, or is of another kind. */
    public byte[] read(Path path) throws IOException {
        if (Files.size(path) > MOST_BYTES) {
            throw new IOException(Files.size(path) + " bytes (expected: at most " + MOST_BYTES + ")");
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
        StringBuilder head = new StringBuilder();
        char next = 0;
        while (bytes.hasRemaining() && head.length() < LONGEST_HEAD && next != '\n') {
            next = (char) (bytes.get() & 0xFF);
            head.append(next);
        }
        byte[] body = new byte[bytes.remaining()];
        bytes.get(body);
        if (!head.toString().equals(head(body))) {
            throw new IOException("damaged: '" + head.toString().strip() + "' (expected: '"
                    + head(body).strip() + "')");
        }
        return body;
    }

    /** Durably writes the body to a temporary file beside {@code path}; {@link #put} renames it. */
    public Path write(Path path, byte[] body) throws IOException {
        Path fresh = path.resolveSibling(path.getFileName() + ".writing");
        PrivateFile.make(fresh);
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            all(channel, ByteBuffer.wrap(head(body).getBytes(StandardCharsets.US_ASCII)));
            all(channel, ByteBuffer.wrap(body));
            channel.force(true);
        }
        return fresh;
    }

    /** Renames the written file into place. */
    public static void put(Path fresh, Path path) throws IOException {
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel names = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    private static void all(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private String head(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body, 0, body.length);
        return kind + " " + String.format("%08x", crc.getValue()) + " " + body.length + "\n";
    }
}
