package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A report from outside counts as long on every node as on the one that took it, whenever the others came. */
class ReportsTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final RegionId REGION = new RegionId("us-east-1");
    private static final Duration AGE = Duration.ofSeconds(90);
    private static final HealthReport DOWN = new HealthReport(REGION, HealthStatus.UNHEALTHY, 12.5, 0.5, 7);

    private final TestProbe<HealthExchange.Command> exchange = KIT.createTestProbe();
    private final OwnBoards taker = new OwnBoards("eu-west-1", AGE);

    @AfterAll
    static void shutdown() {
        KIT.shutdownTestKit();
    }

    private static long at(int seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    /** The board of the report's bucket as it is written then. */
    private HealthBoard written(int seconds) {
        taker.publish(at(seconds));
        return exchange.expectMessageClass(HealthExchange.Publish.class).board();
    }

    private static Reports node() {
        return new Reports(AGE, Duration.ZERO);
    }

    private static boolean counts(Reports node, int seconds) {
        return node.of(REGION, at(seconds)) != null;
    }

    private HealthBoard taken() {
        taker.connect(exchange.ref());
        taker.told(DOWN, at(0));
        return written(1);
    }

    @Test
    void aNodeThatIsThereBelievesItUntilItIsTooOld() {
        Reports node = node();

        node.heard("taker", taken(), at(2), 0);

        assertThat(counts(node, 60)).isTrue();
        assertThat(counts(node, 92)).isFalse();
    }

    @Test
    void aNodeThatComesLaterDoesNotTakeItForNews() {
        taken();
        HealthBoard later = written(80);
        Reports late = node();

        late.heard("taker", later, at(81), 0);

        assertThat(counts(late, 81)).isTrue();
        assertThat(counts(late, 92)).isFalse();
    }

    @Test
    void whatIsTooOldIsOnNoBoard() {
        assertThat(taken().reports()).containsKey("us-east-1");

        assertThat(written(91).reports()).isEmpty();
        taker.publish(at(300));
        exchange.expectNoMessage(Duration.ofMillis(1));
    }

    @Test
    void aNodeThatTellsItAgainMakesItNoYounger() {
        Reports node = node();
        node.heard("taker", taken(), at(1), 0);
        node.heard("taker", written(50), at(51), 0);

        assertThat(counts(node, 92)).isFalse();
    }

    /** What came too late to count is shown where it was reported and is nobody's verdict, so it need not travel. */
    @Test
    void oneThatWasStaleWhenItCameChangesNoVerdictAnywhere() {
        Reports here = node();
        here.told(DOWN, at(100), 0);
        HealthReport stale = new HealthReport(REGION, HealthStatus.HEALTHY, 1, 1, 0, 1_000_000);
        here.stale(stale, at(110), 1_000_000);
        Reports there = node();
        there.stale(stale, at(110), 1_000_000);

        Reports.Kept kept = here.of(REGION, at(111));
        assertThat(kept).isNotNull();
        assertThat(kept.status()).isEqualTo(HealthStatus.UNHEALTHY);
        assertThat(there.of(REGION, at(111))).isNull();
        assertThat(there.last(REGION)).isNotNull();
        assertThat(Map.of("there", there.at(at(111)).size())).containsEntry("there", 0);
    }
}
