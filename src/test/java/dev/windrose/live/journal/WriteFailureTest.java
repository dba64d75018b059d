package dev.windrose.live.journal;

import static org.assertj.core.api.Assertions.assertThat;

import akka.pattern.CircuitBreakerOpenException;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.Stamp;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.concurrent.duration.Duration;

class WriteFailureTest {

    @ParameterizedTest
    @CsvSource({
        "55P03, true", // a lock was not had in time
        "57014, true", // the statement was cancelled
        "23505, true", // the number is taken
        "40001, true", // serialization
        "53300, true", // too many connections
        "08006, false", // the connection broke: perhaps after the commit
        "58030, false",
        "57P01, false", // the server is shut down
    })
    void aStateOfTheDatabaseTellsWhetherItWasTakenBack(String state, boolean expected) {
        SQLException failure = new SQLException("x", state);
        assertThat(WriteFailure.didNotHappen(failure)).isEqualTo(expected);
        assertThat(WriteFailure.didNotHappen(
                        new CompletionException(new BatchUpdateException("x", null, 0, new int[0], failure))))
                .isEqualTo(expected);
    }

    @Test
    void whatNeverReachedTheDatabaseDidNotHappenAndATimeOutSaysNothing() {
        assertThat(WriteFailure.didNotHappen(new CircuitBreakerOpenException(Duration.Zero(), "open")))
                .isTrue();
        assertThat(WriteFailure.didNotHappen(new SQLTransientConnectionException("no connection")))
                .isTrue();
        assertThat(WriteFailure.didNotHappen(new TimeoutException())).isFalse();
        assertThat(WriteFailure.didNotHappen(null)).isFalse();
    }

    private static JournalHistory.Entry entry(long ordering, long writtenMs) {
        return new JournalHistory.Entry(
                ordering, "a", writtenMs, new Change(Change.Kind.CHANGED, Map.of(), new Stamp(writtenMs, "a"), "", ""));
    }

    @Test
    void whatAClockThatWasAheadRecordedIsNotLaterThanWhatCameAfter() {
        assertThat(JournalHistory.recorded(
                        List.of(entry(1, 100), entry(2, 99_999), entry(3, 200), entry(4, 88_888)), "a", 1_000))
                .extracting(JournalHistory.Entry::writtenEpochMs)
                .containsExactly(100L, 200L, 200L, 1_000L);
    }

    private static JournalHistory.Entry from(String origin, long stampMs, long writtenMs) {
        return new JournalHistory.Entry(
                writtenMs,
                origin,
                writtenMs,
                new Change(Change.Kind.CHANGED, Map.of(), new Stamp(stampMs, origin), "", ""));
    }

    @Test
    void aChangeOfThisRegionWasRecordedWhenItWasMadeAndOneOfAnotherWhenItCame() {
        assertThat(JournalHistory.recorded(
                        List.of(
                                from("a", 1_000, 1_040),
                                from("b", 1_050, 3_000),
                                from("a", 50_000, 4_000),
                                from("a", 4_500, 20_000)),
                        "a",
                        100_000))
                .extracting(JournalHistory.Entry::writtenEpochMs)
                .containsExactly(1_000L, 3_000L, 4_000L, 20_000L);
    }
}
