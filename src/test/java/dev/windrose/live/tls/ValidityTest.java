package dev.windrose.live.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidityTest {

    private static final Instant FROM = Instant.parse("2027-01-01T00:00:00Z");

    @ParameterizedTest(name = "{1} h into a life of {0} h: {2}")
    @CsvSource({
        "2400, -1,   EARLY",
        "2400, 0,    GOOD",
        "2400, 2063, GOOD", // an hour more than 14 days are left
        "2400, 2064, SOON",
        "2400, 2399, SOON",
        "2400, 2400, OVER",
        "2400, 9999, OVER",
        "24,   15,   GOOD",
        "24,   16,   SOON", // a short life is replaced when two thirds of it are over
        "24,   24,   OVER",
        "0,    0,    OVER",
        "-1,   0,    OVER", // ends before it begins
    })
    void knowsWhereACertificateIsInItsLife(int hours, int passed, Validity.Phase expected) {
        Validity life = new Validity(FROM, FROM.plus(Duration.ofHours(hours)));

        assertThat(life.at(FROM.plus(Duration.ofHours(passed)))).isEqualTo(expected);
    }
}
