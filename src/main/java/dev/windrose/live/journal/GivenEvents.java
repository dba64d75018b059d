package dev.windrose.live.journal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest events of the journal that other regions know of, in a file of their own beside the embedded database.
 *
 * <p>An event is in the file, forced to the disk, before another region gets it or hears of its place: events that were
 * taken over from others are here as well, because places after them are told. What the database has lost of them when
 * its process was killed is put back at the next start, before anything is written: so no event that another region
 * knows is lost here, and no number is used twice. Blocks; one caller at a time.
 */
final class GivenEvents implements AutoCloseable {

    /*
     * Why not trust the database: H2 shows a transaction to others before it writes the mark by which it survives the
     * end of the process. Neither a checkpoint before giving out nor waiting for all commits under way closed the gap
     * for good; in drills of 50 kills they left nine and two events that only the other regions had. The next event got
     * the number of the lost one, and was dropped elsewhere as known.
     *
     * A record is its length and the CRC-32C of its body, four bytes each, and the body. A record cut short by the end
     * of the process is passed over and written over. What is lost is the last second or so; two files of FILE_BYTES
     * are some 20,000 events.
     */
    static final long FILE_BYTES = 8L << 20;

    private static final int HEAD_BYTES = 8;
    private static final int LONGEST_BODY = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(GivenEvents.class);

    private final @Nullable Path file;
    private @Nullable FileChannel channel = null;
    private long headAtStart = Long.MAX_VALUE;

    /** @param url JDBC address; only a database in a file needs this, for all others it does nothing */
    GivenEvents(String url) {
        this.file = fileOf(url);
    }

    private static @Nullable Path fileOf(String url) {
        String prefix = "jdbc:h2:file:";
        if (!url.startsWith(prefix)) {
            return null;
        }
        int end = url.indexOf(';');
        return Path.of(url.substring(prefix.length(), end < 0 ? url.length() : end) + ".given");
    }

    /** Returns when the events would outlive this process and the machine's power. */
    synchronized void record(List<StoredEvent> events) throws IOException {
        if (file == null || events.isEmpty()) {
            return;
        }
        FileChannel out = open(file);
        if (out.position() > FILE_BYTES) {
            close();
            Files.move(file, before(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            out = open(file);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (StoredEvent event : events) {
            byte[] body = body(event);
            bytes.writeBytes(ByteBuffer.allocate(HEAD_BYTES)
                    .putInt(body.length)
                    .putInt(crc(body))
                    .array());
            bytes.writeBytes(body);
        }
        ByteBuffer rest = ByteBuffer.wrap(bytes.toByteArray());
        while (rest.hasRemaining()) {
            out.write(rest);
        }
        out.force(false);
    }

    /**
     * Puts back what the database has lost. An event that would not continue its definition without a hole stays out:
     * then the database is an older copy, which the other regions notice.
     *
     * @return how many were put back
     */
    synchronized int restore(DataSource database) throws SQLException, IOException {
        if (file == null) {
            return 0;
        }
        List<StoredEvent> known = new ArrayList<>();
        readTo(before(file), known);
        readTo(file, known);
        int restored = restore(database, known);
        if (headAtStart == Long.MAX_VALUE) {
            headAtStart = new JournalReader(database).head();
        }
        return restored;
    }

    /** Up to here the journal was read from its file when this process began; nothing of it can be lost with the process. */
    synchronized long headAtStart() {
        return headAtStart;
    }

    private static int restore(DataSource database, List<StoredEvent> known) throws SQLException {
        long oldest = known.stream().mapToLong(StoredEvent::ordering).min().orElse(Long.MAX_VALUE);
        Set<Long> taken = new HashSet<>(new JournalReader(database).orderings(oldest - 1));
        known.removeIf(event -> !taken.add(event.ordering()));
        if (known.isEmpty()) {
            return 0;
        }
        try (Connection connection = database.getConnection()) {
            return insert(connection, known);
        }
    }

    private static int insert(Connection database, List<StoredEvent> missing) throws SQLException {
        String writer = UUID.randomUUID().toString();
        int restored = 0;
        for (StoredEvent event : missing) {
            if (newest(database, event.persistenceId()) == event.sequenceNumber() - 1) {
                EventRows.insert(database, List.of(event), writer);
                restored++;
            }
        }
        if (restored > 0) {
            LOG.warn(
                    "events that other regions know of were lost here and are put back: [{}], from place [{}]",
                    restored,
                    missing.get(0).ordering());
            EventRows.continueAfterHead(database);
            checkpoint(database);
        }
        return restored;
    }

    private static void checkpoint(Connection database) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("CHECKPOINT SYNC");
        }
    }

    @Override
    public synchronized void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    /** The file, at the end of its last whole record. */
    private FileChannel open(Path path) throws IOException {
        FileChannel open = channel;
        if (open == null) {
            long end = readTo(path, new ArrayList<>());
            open = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            open.truncate(end);
            open.position(end);
            channel = open;
        }
        return open;
    }

    private static Path before(Path file) {
        return file.resolveSibling(file.getFileName() + ".1");
    }

    /** Adds the whole records of a file, and returns where the last one ends. */
    private static long readTo(Path path, List<StoredEvent> events) throws IOException {
        if (!Files.exists(path)) {
            return 0;
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
        int end = 0;
        while (bytes.remaining() >= HEAD_BYTES) {
            int length = bytes.getInt();
            int crc = bytes.getInt();
            if (length < 0 || length > LONGEST_BODY || length > bytes.remaining()) {
                break;
            }
            byte[] body = new byte[length];
            bytes.get(body);
            if (crc(body) != crc) {
                break;
            }
            events.add(event(body));
            end = bytes.position();
        }
        return end;
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

    private static long newest(Connection database, String persistenceId) throws SQLException {
        try (PreparedStatement select = database.prepareStatement(
                "SELECT MAX(\"sequence_number\") FROM \"event_journal\" WHERE \"persistence_id\" = ?")) {
            select.setString(1, persistenceId);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        }
    }
}
