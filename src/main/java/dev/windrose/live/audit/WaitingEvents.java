package dev.windrose.live.audit;

import dev.windrose.decide.audit.AuditEntry;
import dev.windrose.decide.audit.AuditEvent;
import dev.windrose.live.disk.ChecksummedFile;
import dev.windrose.live.disk.PrivateFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of the events that wait for the database, one per line; a node that was killed reads them again at its next
 * start. An event is on disk when {@link #add} returns. For one thread at a time; every method blocks.
 */
public final class WaitingEvents {

    private static final Logger LOG = LoggerFactory.getLogger(WaitingEvents.class);

    private final Path file;
    private int lines = 0;

    public WaitingEvents(Path file) {
        this.file = file;
    }

    /**
     * The events in the file, the oldest first; if there are too many, the newest: the database has the others. A
     * truncated or damaged line is reported and skipped.
     */
    List<AuditEvent> read(int atMost) {
        ArrayDeque<AuditEvent> events = new ArrayDeque<>();
        if (!Files.exists(file)) {
            return List.of();
        }
        try (BufferedReader all = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = all.readLine(); line != null; line = all.readLine()) {
                lines++;
                try {
                    events.add(AuditJson.entry(line).event());
                    if (events.size() > atMost) {
                        events.remove();
                    }
                } catch (IllegalArgumentException e) {
                    LOG.warn("a line of [{}] is not an audit event, cause [{}]", file, e.getMessage());
                }
            }
        } catch (IOException e) {
            LOG.warn("audit events in [{}] cannot be read, cause [{}]", file, e.toString());
        }
        return new ArrayList<>(events);
    }

    /** Lines of the file. */
    int lines() {
        return lines;
    }

    /** Appends events. */
    void add(List<AuditEvent> events) throws IOException {
        PrivateFile.make(file);
        Files.writeString(
                file,
                text(events),
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND,
                StandardOpenOption.DSYNC);
        lines += events.size();
    }

    /** Replaces the content atomically. */
    void replace(List<AuditEvent> events) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".writing");
        PrivateFile.make(fresh);
        Files.writeString(
                fresh,
                text(events),
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.DSYNC);
        ChecksummedFile.put(fresh, file);
        lines = events.size();
    }

    private static String text(List<AuditEvent> events) {
        StringBuilder text = new StringBuilder();
        for (AuditEvent event : events) {
            text.append(AuditJson.line(new AuditEntry("", 0, event, "", ""))).append('\n');
        }
        return text.toString();
    }

    /** Clears the file once the database has all events. */
    void clear() throws IOException {
        Files.deleteIfExists(file);
        lines = 0;
    }
}
