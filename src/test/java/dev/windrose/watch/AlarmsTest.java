package dev.windrose.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class AlarmsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private long nowMs = 1;
    private final Alarms alarms = new Alarms(registry, () -> nowMs);

    @Test
    void alarmsThatAreOverTakeNoPlace() {
        for (int i = 0; i < 3000; i++) {
            alarms.raise(Alarms.Kind.PARKED, "s" + i, "seen");
            alarms.clear(Alarms.Kind.PARKED, "s" + i);
        }
        alarms.raise(Alarms.Kind.CLOCK, "last", "seen");

        assertThat(alarms.raised()).extracting(Alarms.Alarm::source).containsExactly("last");
        assertThat(registry.counter(Alarms.DROPPED).count()).isZero();
        assertThat(registry.find(Alarms.ALARM).gauges()).hasSizeLessThanOrEqualTo(1000);
        assertThat(registry.get(Alarms.ALARM).tag("source", "last").gauge().value())
                .isEqualTo(1);
    }

    @Test
    void whatMendsItselfAtOnceIsShownForAWhile() {
        alarms.raise(Alarms.Kind.LOST_TAIL, "eu-west-1", "seen");
        alarms.mended(Alarms.Kind.LOST_TAIL, "eu-west-1");
        nowMs += Alarms.SEEN_FOR.toMillis() - 1;
        alarms.mended(Alarms.Kind.LOST_TAIL, "eu-west-1");
        assertThat(alarms.raised()).extracting(Alarms.Alarm::source).containsExactly("eu-west-1");

        nowMs++;
        alarms.mended(Alarms.Kind.LOST_TAIL, "eu-west-1");
        alarms.mended(Alarms.Kind.INCARNATION, "never raised");
        assertThat(alarms.raised()).isEmpty();
    }

    @Test
    void moreThanThereIsRoomForAreCountedAndNotKept() {
        for (int i = 0; i < 1010; i++) {
            alarms.raise(Alarms.Kind.PARKED, "s" + i, "seen");
        }
        assertThat(alarms.raised()).hasSize(1000);
        assertThat(registry.counter(Alarms.DROPPED).count()).isEqualTo(10);
    }
}
