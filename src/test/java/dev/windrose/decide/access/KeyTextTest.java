package dev.windrose.decide.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTextTest {

    private static final byte[] RANDOM = new byte[KeyText.SECRET_BYTES];

    @Test
    void isReadAsItWasWritten() {
        Forall.cases(random -> {
            byte[] bytes = new byte[KeyText.SECRET_BYTES];
            random.nextBytes(bytes);
            KeyText key = KeyText.of("ci.eu-" + random.nextInt(1000), bytes);

            KeyText read = KeyText.parse(key.text());

            assertThat(read).isEqualTo(key);
            assertThat(key.is(key.hash())).isTrue();
            bytes[random.nextInt(bytes.length)] ^= 1;
            assertThat(KeyText.of(key.name(), bytes).is(key.hash())).isFalse();
        });
    }

    @Test
    void theHashOfOneNameIsNoHashOfAnother() {
        assertThat(KeyText.of("a", RANDOM).is(KeyText.of("b", RANDOM).hash())).isFalse();
    }

    @Test
    void tellsNoSecretWhenPrinted() {
        KeyText key = KeyText.of("ci", RANDOM);

        assertThat(key.toString()).doesNotContain(key.secret());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "wr.",
                "wr..00",
                "ci.0000000000000000000000000000000000000000000000000000000000000000",
                "wr..0000000000000000000000000000000000000000000000000000000000000000",
                "wr.ci0000000000000000000000000000000000000000000000000000000000000000",
                "wr.ci.000000000000000000000000000000000000000000000000000000000000000"
            })
    void isNoKeyInAnotherForm(String text) {
        assertThat(KeyText.parse(text)).isNull();
    }
}
