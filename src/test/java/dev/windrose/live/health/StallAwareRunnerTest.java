package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.health.Reading;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import dev.windrose.watch.HealthMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StallAwareRunnerTest {

    private static final CheckPlan.Check CHECK =
            new CheckPlan.Check("one", new RegionId("eu-west-1"), URI.create("http://127.0.0.1:1"), Checks.DEFAULTS, 0);
    private static final Reading GOOD = Reading.answered(Checks.DEFAULTS, 5, 0);
    private static final Reading BAD = Reading.failed(500, "no answer within 500 ms");

    private long now = 0;
    private final ProcessStalls stalls = new ProcessStalls(() -> now);
    private final Deque<Duration> stands = new ArrayDeque<>();
    private int asked = 0;

    private final StallAwareRunner runner = new StallAwareRunner(
            check -> {
                asked++;
                stalls.beat();
                now += ProcessStalls.BEAT.toNanos();
                boolean stood = !stands.isEmpty();
                now += stood ? stands.removeFirst().toNanos() : 0;
                return CompletableFuture.completedFuture(stood ? BAD : GOOD);
            },
            stalls,
            new HealthMeters(new SimpleMeterRegistry()));

    private HealthStatus checked() {
        return checked(HealthStatus.HEALTHY);
    }

    private HealthStatus checked(HealthStatus believed) {
        return runner.run(CHECK, believed).toCompletableFuture().getNow(BAD).status();
    }

    private void stands(int ms) {
        stands.addLast(Duration.ofMillis(ms));
    }

    @Test
    void aCheckThatFailsWhileThisNodeRunsCounts() {
        stands(0);
        assertThat(checked()).isEqualTo(HealthStatus.UNHEALTHY);
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void aCheckThatFailsWhileThisNodeStandsStillIsRepeated() {
        stands(700);
        assertThat(checked()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void theTrembleOfASchedulerExcusesNothing() {
        stands(40);
        assertThat(checked()).isEqualTo(HealthStatus.UNHEALTHY);
    }

    @Test
    void aNodeThatStandsStillAllTheTimeFindsFailuresAllTheSame() {
        for (int i = 0; i < 4; i++) {
            stands(700);
        }
        assertThat(checked()).isEqualTo(HealthStatus.UNHEALTHY);
        assertThat(asked).isEqualTo(4);
    }

    /** A node that is overloaded by checks of hundreds of targets that are down would ask four times as often. */
    @ParameterizedTest
    @EnumSource(
            value = HealthStatus.class,
            names = {"UNKNOWN", "UNHEALTHY"})
    void aTargetThatHasNothingToLoseIsNotAskedAgain(HealthStatus believed) {
        stands(700);
        assertThat(checked(believed)).isEqualTo(HealthStatus.UNHEALTHY);
        assertThat(asked).isEqualTo(1);
    }
}
