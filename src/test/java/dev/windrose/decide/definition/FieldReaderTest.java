package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldReaderTest {

    private static FieldReader reader(@Nullable String capacity) {
        Map<String, String> fields = new HashMap<>();
        if (capacity != null) {
            fields.put(Fields.CAPACITY, capacity);
        }
        return new FieldReader(DefinitionCodecTest.state(fields));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            quoteCharacter = '~',
            value = {
                // text | readable | read | read with another value for what is unreadable
                "12   | 12   | 12 | 12",
                "none | none | 7  | 7",
                "~~   | none | 7  | 7",
                "many | none | 7  | 9",
            })
    void whatCannotBeReadCountsAsNotSetUnlessThatIsToldApart(
            @Nullable String text, @Nullable Integer readable, int read, int toldApart) {
        FieldReader fields = reader(text);

        Integer known = fields.readable(Fields.CAPACITY, Integer::valueOf);
        assertThat(known).isEqualTo(readable);
        assertThat((int) fields.read(Fields.CAPACITY, 7, Integer::valueOf)).isEqualTo(read);
        assertThat((int) fields.read(Fields.CAPACITY, 7, 9, Integer::valueOf)).isEqualTo(toldApart);
    }

    @Test
    void namesOfAKindAreThoseThatHaveAText() {
        FieldReader fields = new FieldReader(DefinitionCodecTest.state(
                Map.of("monitor.a", "x", "monitor.b", "", "monitor.c.d", "x", "monitors.e", "x", "monitor", "x")));

        assertThat(fields.named(Fields.MONITOR)).containsExactlyInAnyOrder("a", "c.d");
    }
}
