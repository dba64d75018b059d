package dev.windrose.multijvm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that was written, read and decided during a drill, a line of JSON each, with monotonic and wall time; and what
 * must hold of it. Every value that is written ends with a number that only grows, so that a value says which write it is.
 */
final class History implements AutoCloseable {

    /** What a line tells. */
    enum Kind {
        /** A write, answered; {@code ok} when it was acknowledged. */
        WRITE,
        /** What a node shows. */
        READ,
        /** What a node shows after the heal, when all have agreed. */
        LAST,
        /** Where a node sends a client; {@code ok} when that is right. */
        DECISION
    }

    /** One line. */
    record Entry(Kind kind, int node, String subject, String value, boolean ok) {}

    /**
     * What was found.
     *
     * @param lost acknowledged writes that some node does not show at the end, neither them nor later ones
     * @param back reads that show an older write than an earlier read of the same node
     * @param wrong decisions that were wrong
     */
    record Findings(long writes, long reads, long decisions, long lost, long back, long wrong) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final BufferedWriter out;

    History(Path file) throws IOException {
        this.file = file;
        Files.createDirectories(file.getParent());
        this.out = Files.newBufferedWriter(file);
    }

    void add(Entry entry) {
        add(entry, System.nanoTime());
    }

    /** @param nanos when it happened, of {@link System#nanoTime()} */
    synchronized void add(Entry entry, long nanos) {
        ObjectNode line = JSON.createObjectNode();
        line.put("wall_ms", System.currentTimeMillis() - (System.nanoTime() - nanos) / 1_000_000);
        line.put("mono_ns", nanos);
        line.put("kind", entry.kind().name()).put("node", entry.node());
        line.put("subject", entry.subject()).put("value", entry.value()).put("ok", entry.ok());
        try {
            out.write(line.toString());
            out.newLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the file again and checks it: what is not in the file was not shown. */
    Findings check() throws IOException {
        synchronized (this) {
            out.flush();
        }
        List<Entry> entries =
                Files.readAllLines(file).stream().map(History::entry).toList();
        return check(entries);
    }

    static Findings check(List<Entry> entries) {
        Map<String, Long> acknowledged = new HashMap<>();
        Map<String, Long> shown = new HashMap<>();
        long writes = 0;
        long reads = 0;
        long decisions = 0;
        long back = 0;
        long wrong = 0;
        for (Entry entry : entries) {
            switch (entry.kind()) {
                case WRITE -> {
                    writes++;
                    if (entry.ok()) {
                        acknowledged.merge(entry.subject(), number(entry.value()), Math::max);
                    }
                }
                case READ -> {
                    reads++;
                    long number = number(entry.value());
                    Long before = shown.merge(entry.node() + " " + entry.subject(), number, Math::max);
                    back += number < before ? 1 : 0;
                }
                case DECISION -> {
                    decisions++;
                    wrong += entry.ok() ? 0 : 1;
                }
                case LAST -> {}
            }
        }
        long lost = 0;
        for (Entry entry : entries) {
            boolean last = entry.kind() == Kind.LAST;
            lost += last && number(entry.value()) < acknowledged.getOrDefault(entry.subject(), 0L) ? 1 : 0;
        }
        return new Findings(writes, reads, decisions, lost, back, wrong);
    }

    private static long number(String value) {
        return Long.parseLong(value.substring(value.lastIndexOf('#') + 1));
    }

    private static Entry entry(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            return new Entry(
                    Kind.valueOf(json.path("kind").asText()),
                    json.path("node").asInt(),
                    json.path("subject").asText(),
                    json.path("value").asText(),
                    json.path("ok").asBoolean());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
