package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {

    private static final List<History.Entry> WELL = List.of(
            write("a#1", true),
            read(0, "a#1"),
            write("a#2", true),
            read(1, "a#1"),
            read(0, "a#2"),
            write("a#3", false),
            decision(true),
            last(0, "a#2"),
            last(1, "a#3"));

    @Test
    void whatIsWellHasNoFindings(@TempDir Path directory) throws IOException {
        try (History history = new History(directory.resolve("history.jsonl"))) {
            WELL.forEach(history::add);
            assertThat(history.check()).isEqualTo(new History.Findings(3, 3, 1, 0, 0, 0));
        }
    }

    @Test
    void findsAnAcknowledgedWriteThatOneNodeLacks() {
        assertThat(History.check(with(last(2, "a#1"))).lost()).isEqualTo(1);
    }

    @Test
    void findsANodeThatGoesBack() {
        assertThat(History.check(with(read(0, "a#1"))).back()).isEqualTo(1);
        assertThat(History.check(with(read(2, "a#1"))).back())
                .as("another node")
                .isZero();
    }

    @Test
    void findsAWrongDecision() {
        assertThat(History.check(with(decision(false))).wrong()).isEqualTo(1);
    }

    private static List<History.Entry> with(History.Entry more) {
        List<History.Entry> entries = new ArrayList<>(WELL);
        entries.add(more);
        return entries;
    }

    private static History.Entry write(String value, boolean acknowledged) {
        return new History.Entry(History.Kind.WRITE, 0, "a", value, acknowledged);
    }

    private static History.Entry read(int node, String value) {
        return new History.Entry(History.Kind.READ, node, "a", value, true);
    }

    private static History.Entry last(int node, String value) {
        return new History.Entry(History.Kind.LAST, node, "a", value, true);
    }

    private static History.Entry decision(boolean right) {
        return new History.Entry(History.Kind.DECISION, 0, "web", "us-east-1#0", right);
    }
}
