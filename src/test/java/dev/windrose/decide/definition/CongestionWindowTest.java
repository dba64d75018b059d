package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.windrose.Forall;
import org.junit.jupiter.api.Test;

class CongestionWindowTest {

    @Test
    void growsByOneForEveryRoundThatWentWell() {
        CongestionWindow window = new CongestionWindow(1, 8, 64);
        for (int i = 0; i < 9; i++) {
            window.done();
        }
        assertThat(window.size()).isEqualTo(9);
    }

    @Test
    void whatIsLateTogetherHalvesItOnce() {
        CongestionWindow window = new CongestionWindow(1, 64, 64);
        for (int i = 0; i < 64; i++) {
            window.late(0, 100 + i);
        }
        assertThat(window.size()).isEqualTo(32);
        window.late(101, 200);
        assertThat(window.size()).isEqualTo(16);
    }

    @Test
    void staysWithinItsBoundsWhateverHappens() {
        Forall.cases(random -> {
            int least = 1 + random.nextInt(4);
            int most = least + random.nextInt(60);
            CongestionWindow window = new CongestionWindow(least, least, most);
            long now = 0;
            for (int i = 0; i < 300; i++) {
                now += random.nextInt(10);
                if (random.nextInt(3) == 0) {
                    window.late(now - random.nextInt(5), now);
                } else {
                    window.done();
                }
                assertThat(window.size()).isBetween(least, most);
            }
        });
    }

    @Test
    void findsHowManyAJournalTakes() {
        // One that takes 20 at once in time, and is late with all of them beyond.
        CongestionWindow window = new CongestionWindow(1, 64, 64);
        int late = 0;
        for (int round = 0; round < 200; round++) {
            int size = window.size();
            for (int i = 0; i < size; i++) {
                if (size > 20) {
                    window.late(round, round);
                    late++;
                } else {
                    window.done();
                }
            }
        }
        assertThat(window.size()).isBetween(10, 21);
        assertThat(late).isLessThan(600);
    }

    @Test
    void refusesBoundsThatCannotBe() {
        assertThatThrownBy(() -> new CongestionWindow(2, 1, 3))
                .hasMessage("window: 2 to 3 from 1 (expected: 1 <= least <= first <= most)");
    }
}
