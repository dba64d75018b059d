package dev.windrose.decide.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClockSkewTest {

    @ParameterizedTest(name = "others at [{0}]: {1} ms ahead")
    @CsvSource({
        "'', 0", // a node alone is right
        "'0 0', 0",
        "'-300000 -300000', 300000", // ahead of both others
        "'300000 300000', -300000", // behind both others
        "'0 300000', 0", // one of the others is ahead
        "'0 -300000', 0",
        "'-300000', 300000", // of two, the one ahead is off
        "'300000', 0",
        "'-5 5 400000 -400000', 0",
        "'-315360000000 -315360000000', 315360000000", // ten years
        "'0 -3600000 -3600000', 3600000", // two by two, the two ahead are off
        "'0 3600000 3600000', 0",
    })
    void isToldFromTheMedianOfAll(String others, long expected) {
        List<Long> offsets = others.isEmpty()
                ? List.of()
                : Arrays.stream(others.split(" ")).map(Long::valueOf).toList();
        assertThat(ClockSkew.ofOwn(offsets)).isEqualTo(expected);
    }

    @Test
    void anExchangeTellsAClockInTheMiddleOfTheTimeThatItTook() {
        assertThat(ClockSkew.baseMs(5_000, 1_000_000_000L, 1_200_000_000L)).isEqualTo(5_000 - 1_100);
    }
}
