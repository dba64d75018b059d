package dev.windrose.decide.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.Forall;
import org.junit.jupiter.api.Test;

class CapacityTrackTest {

    /**
     * A region that serves so much and fails the rest, and is sent no more than it is believed to take. It is measured by
     * averages over some seconds, and failures are reported late.
     */
    private static final class Overrun {
        private CapacityTrack track = CapacityTrack.NEW;
        private double most = 0;
        private double failed = 0;
        private double measuredLoad = 0;
        private double measuredFailures = 0;

        void runs(int seconds, double wanted, double truth) {
            most = 0;
            failed = 0;
            for (int i = 0; i < seconds; i++) {
                double load = Math.min(wanted, track.capacity());
                double failures = load <= truth ? 0 : 1 - truth / load;
                most = Math.max(most, load);
                failed += load * failures / seconds;
                measuredLoad += 0.3 * (load - measuredLoad);
                track = track.after(measuredLoad, measuredFailures, 1);
                measuredFailures += 0.3 * (failures - measuredFailures);
            }
        }
    }

    private final Overrun region = new Overrun();

    @Test
    void takesEverythingUntilItWasOverrun() {
        region.runs(600, 5000, 1e9);
        assertThat(region.track.capacity()).isInfinite();
    }

    @Test
    void isBoundedByWhatItServedWhenItIsOverrun() {
        region.runs(60, 80, 120);
        region.runs(30, 300, 120);
        assertThat(region.track.capacity()).isCloseTo(120, within(12.0));
        region.runs(600, 300, 120);
        assertThat(region.track.capacity()).isCloseTo(120, within(12.0));
        assertThat(region.failed)
                .as("requests/s that fail while it looks for its limit")
                .isLessThan(2);
    }

    @Test
    void failuresAtALoadThatItHasProvenTeachNothingAtFirst() {
        region.runs(60, 100, 1e9);
        CapacityTrack faulty = region.track.after(90, 0.3, 1);
        assertThat(faulty.capacity()).isInfinite();
    }

    @Test
    void aRegionThatLostMachinesIsBelievedWithinSeconds() {
        region.runs(60, 80, 120);
        region.runs(60, 300, 120);
        region.runs(60, 300, 60);
        assertThat(region.track.capacity()).isCloseTo(60, within(6.0));
    }

    @Test
    void whatItGainedIsFoundAgainInMinutes() {
        region.runs(60, 300, 60);
        region.runs(20 * 60, 300, 1e9);
        assertThat(region.most).as("load that it is sent in the end").isEqualTo(300);
    }

    @Test
    void fewRequestsAndNoReportsTeachNothing() {
        assertThat(CapacityTrack.NEW.after(CapacityTrack.LEAST - 1, 1, 1).capacity())
                .isInfinite();
        assertThat(CapacityTrack.NEW.after(1000, Double.NaN, 1).capacity()).isInfinite();
    }

    @Test
    void neverEndsBelowWhatIsServedWell() {
        Forall.cases(random -> {
            Overrun any = new Overrun();
            for (int phase = 0; phase < 5; phase++) {
                double truth = 20 + random.nextInt(1000);
                double wanted = 20 + random.nextInt(2000);
                any.runs(30 * 60, wanted, truth);
                assertThat(Math.min(wanted, any.track.capacity()))
                        .as("capacity after half an hour of %s/s of which %s/s can be served", wanted, truth)
                        .isGreaterThan(0.85 * Math.min(wanted, truth))
                        .isLessThan(1.1 * Math.max(CapacityTrack.LEAST, truth) + wanted * (wanted <= truth ? 1 : 0));
            }
        });
    }
}
