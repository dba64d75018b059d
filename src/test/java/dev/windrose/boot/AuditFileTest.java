package dev.windrose.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.windrose.decide.audit.AuditChain;
import dev.windrose.decide.audit.AuditEntry;
import dev.windrose.decide.audit.AuditEvent;
import dev.windrose.live.audit.AuditJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AuditFileTest {

    @TempDir
    private Path files;

    private static String line() {
        AuditEvent event = new AuditEvent(
                1_700_000_000_000L,
                "key:ada",
                "192.0.2.1",
                "r-1",
                "PATCH",
                "/api/v1/rules/web",
                200,
                "rule:web",
                Map.of("name", "a", "weights", "b"),
                Map.of("name", "Größe \u2028 \uD83D\uDE00"),
                "why",
                1);
        AuditEntry entry = AuditChain.next("us-east-1/a:1", 1, AuditChain.START, event);
        return AuditJson.line(entry);
    }

    private AuditChain.Verified verify(String text) throws IOException {
        return AuditFile.verify(Files.writeString(files.resolve("audit.jsonl"), text), List.of());
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                Arguments.of("its time as text", "\"at\":\"2023", "\"at\":\"2024"),
                Arguments.of("a field more", "\"who\":", "\"seen\":1,\"who\":"),
                Arguments.of("a field more in before", "\"before\":{", "\"before\":{\"a\":\"\","),
                Arguments.of("a second name before the true one", "\"who\":", "\"who\":\"key:bob\",\"who\":"),
                Arguments.of("a space", ",\"who\"", ", \"who\""),
                Arguments.of("a space before it", "{\"chain\"", " {\"chain\""),
                Arguments.of("another order", "\"name\":\"a\",\"weights\":\"b\"", "\"weights\":\"b\",\"name\":\"a\""),
                Arguments.of("another spelling of a letter", "\"why\"", "\"\\u0077hy\""),
                Arguments.of("another spelling of a number", "\"status\":200", "\"status\":2e2"),
                Arguments.of("a number beyond its kind", "\"status\":200", "\"status\":4294967496"),
                Arguments.of("text behind the object", "\"}$", "\"} and more"),
                Arguments.of("an object behind the object", "\"}$", "\"}{}"),
                Arguments.of("a carriage return", "\"}$", "\"}\r"),
                Arguments.of("no field for the reason", "\"reason\":\"why\",", ""),
                Arguments.of("a byte order mark", "^\\{\"chain\"", "\uFEFF{\"chain\""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void aLineThatIsNotWhatTheEntryWritesIsRefused(String what, String from, String to) throws IOException {
        String regex = from.startsWith("^") || from.endsWith("$") ? from.replace("}$", "\\}$") : null;
        String changed = regex == null
                ? line().replace(from, to)
                : line().replaceFirst(regex, java.util.regex.Matcher.quoteReplacement(to));
        assertThat(changed).isNotEqualTo(line());

        assertThat(verify(line() + "\n").wrong()).isNull();
        String found;
        try {
            found = verify(changed + "\n").wrong();
        } catch (IllegalArgumentException e) {
            found = e.getMessage();
        }
        assertThat(found).containsAnyOf("line 1: ", "entry 1: ");
    }

    @Test
    void emptyLinesAndWhatIsNoUtf8AreRefused() throws IOException {
        assertThatThrownBy(() -> verify("\n" + line() + "\n")).isInstanceOf(IllegalArgumentException.class);
        byte[] bytes = line().getBytes(StandardCharsets.ISO_8859_1);
        Path file = Files.write(files.resolve("latin"), bytes);
        assertThatThrownBy(() -> AuditFile.verify(file, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void anEmptyFileHasNoEntries() throws IOException {
        assertThat(verify("").entries()).isZero();
    }
}
