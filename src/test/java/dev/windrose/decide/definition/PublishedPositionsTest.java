package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishedPositionsTest {

    private final PublishedPositions positions = new PublishedPositions();

    @ParameterizedTest(name = "head {0}, published {1}, read up to {2}: lost {3}")
    @CsvSource({
        "0, 0, 0, false",
        "0, 0, 1, true",
        "5, 0, 5, false", // was there when the journal was opened
        "5, 0, 6, true",
        "5, 9, 9, false", // was published since
        "5, 9, 10, true",
        "5, 3, 4, false", // the reader is catching up
    })
    void aPositionThatNobodyPublishedIsLost(long head, long published, long after, boolean lost) {
        positions.opened(head);
        positions.published("eu-west-1", published);
        assertThat(positions.isLost("eu-west-1", after)).isEqualTo(lost);
    }

    @Test
    void whatOneReaderWasSentSaysNothingAboutAnother() {
        positions.published("eu-west-1", 9);
        assertThat(positions.isLost("us-east-1", 9)).isTrue();
    }

    @Test
    void anOlderAnswerDoesNotTakeBackANewerOne() {
        positions.published("eu-west-1", 9);
        positions.published("eu-west-1", 3);
        assertThat(positions.isLost("eu-west-1", 9)).isFalse();
    }

    @Test
    void aNewIncarnationForgetsWhatWasPublishedButNotItsHead() {
        positions.opened(5);
        positions.published("eu-west-1", 9);
        positions.forget();
        assertThat(positions.isLost("eu-west-1", 9)).isTrue();
        assertThat(positions.isLost("eu-west-1", 5)).isFalse();
    }
}
