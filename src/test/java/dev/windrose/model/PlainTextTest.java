package dev.windrose.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTextTest {

    @ParameterizedTest(name = "U+{0}")
    @ValueSource(
            ints = {
                0x0, 0xA, 0xD, 0x1B, 0x7F, 0x85, 0x9B, 0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0x200B, 0x200D, 0x200E,
                0x200F, 0x2028, 0x2029, 0x202A, 0x202D, 0x202E, 0x2060, 0x2064, 0x2066, 0x2069, 0x2800, 0x3164, 0xD800,
                0xDFFF, 0xFEFF, 0xFFA0, 0xFFF9, 0xE0001, 0xE0041
            })
    void whatIsNotSeenOrTurnsTheLineIsNotPlain(int point) {
        assertThat(PlainText.is("a" + new String(Character.toChars(point)) + "b"))
                .isFalse();
    }

    @Test
    void lettersAndSignsOfAllLanguagesArePlain() {
        assertThat(PlainText.is("Größe, Москва, 東京, القاهرة, שלום, ไทย, e\u0301, \uD83D\uDE00 \u2764\uFE0F #1"))
                .isTrue();
        assertThat(PlainText.is("")).isTrue();
    }
}
