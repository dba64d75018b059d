package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.health.HealthTrack;
import dev.windrose.decide.health.Reading;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OwnBoardsTest {

    private static final String ID = "check";
    private static final HealthTrack DOWN = down();

    private final TestInbox<HealthExchange.Command> exchange = TestInbox.create();
    private final OwnBoards boards = new OwnBoards("us-east-1", Duration.ofSeconds(90));

    OwnBoardsTest() {
        boards.connect(exchange.getRef());
    }

    private static HealthTrack down() {
        HealthTrack track = HealthTrack.NEW;
        for (int i = 0; i < 5; i++) {
            track = track.after(Reading.failed(3, "refused"), Checks.http(2, 2), i * 1000L);
        }
        return track;
    }

    /** What the others are told now, by check. */
    private Map<String, HealthBoard.Seen> told() {
        boards.publish(0);
        Map<String, HealthBoard.Seen> told = new HashMap<>();
        for (HealthExchange.Command command : exchange.getAllReceived()) {
            if (command instanceof HealthExchange.Publish publish) {
                told.putAll(publish.board().seen());
            }
        }
        return told;
    }

    @Test
    void aTargetThatIsDownForAnotherReasonSaysTheNewOne() {
        boards.seen(ID, DOWN, "connection refused", 1);
        assertThat(told().get(ID)).extracting(HealthBoard.Seen::cause).isEqualTo("connection refused");

        boards.seen(ID, DOWN, "status: 500 (expected: 200 to 299)", 2);

        assertThat(Objects.requireNonNull(boards.of(ID)).cause()).isEqualTo("status: 500 (expected: 200 to 299)");
        assertThat(told().get(ID)).extracting(HealthBoard.Seen::cause).isEqualTo("status: 500 (expected: 200 to 299)");
        assertThat(Objects.requireNonNull(boards.of(ID)).sinceEpochMs()).isEqualTo(1);
    }

    @Test
    void aNumberInACauseIsNewHereAndNoNewsForTheOthers() {
        boards.seen(ID, DOWN, "latency: 310 ms (expected: below 300 ms)", 1);
        assertThat(told()).hasSize(1);

        boards.seen(ID, DOWN, "latency: 312 ms (expected: below 300 ms)", 2);

        assertThat(Objects.requireNonNull(boards.of(ID)).cause()).startsWith("latency: 312 ms");
        assertThat(told()).isEmpty();
    }

    @Test
    void theCausesOfEveryAddressAreToldWholeWhileFewTargetsAreBad() {
        String cause = "0 of 6 addresses healthy (expected: 6)" + "; 192.0.2.1: no answer within 2000 ms".repeat(6);
        boards.seen(ID, DOWN, cause, 1);

        assertThat(told().get(ID)).extracting(HealthBoard.Seen::cause).isEqualTo(cause);
    }

    @Test
    void aBoardFitsIntoAMessageWhenEverythingIsBad() {
        for (int i = 0; i < 5000; i++) {
            boards.seen(ID + i, DOWN, "x".repeat(400), 1);
        }

        boards.publish(0);

        assertThat(exchange.getAllReceived()).hasSize(HealthBoard.BUCKETS).allSatisfy(command -> {
            Map<String, HealthBoard.Seen> seen =
                    ((HealthExchange.Publish) command).board().seen();
            int characters = seen.values().stream()
                    .mapToInt(each -> each.cause().length())
                    .sum();
            assertThat(characters).isBetween(20_000, 45_000);
            assertThat(seen.values())
                    .allSatisfy(each -> assertThat(each.cause()).endsWith("..."));
        });
        assertThat(Objects.requireNonNull(boards.of(ID + 7)).cause()).hasSize(400);
    }
}
