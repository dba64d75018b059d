package dev.windrose.decide.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.Forall;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FlapDampingTest {

    private static final Duration HALF_LIFE = Duration.ofSeconds(20);

    @Test
    void oneChangeHoldsNothing() {
        assertThat(FlapDamping.NONE.changed(1000, HALF_LIFE).held()).isFalse();
    }

    @Test
    void twoChangesInAShortTimeHoldUntilItWasStillForOneAndAHalfHalfLives() {
        FlapDamping damping = FlapDamping.NONE.changed(0, HALF_LIFE).changed(2000, HALF_LIFE);
        assertThat(damping.held()).isTrue();
        assertThat(damping.at(25_000, HALF_LIFE).held()).isTrue();
        assertThat(damping.at(31_000, HALF_LIFE).held()).isFalse();
    }

    @Test
    void changesFarApartHoldNothing() {
        FlapDamping damping = FlapDamping.NONE;
        for (int i = 0; i < 20; i++) {
            damping = damping.changed(i * 60_000L, HALF_LIFE);
            assertThat(damping.held()).isFalse();
        }
    }

    @Test
    void halvesWithEveryHalfLife() {
        assertThat(FlapDamping.NONE.changed(0, HALF_LIFE).at(40_000, HALF_LIFE).penalty())
                .isCloseTo(0.25, within(1e-9));
    }

    @Test
    void neverHoldsLongerThanThreeHalfLivesAfterTheLastChange() {
        Forall.cases(random -> {
            FlapDamping damping = FlapDamping.NONE;
            long now = 0;
            for (int i = 0; i < 50; i++) {
                now += random.nextInt(3000);
                damping = damping.changed(now, HALF_LIFE);
                assertThat(damping.penalty()).isBetween(0.0, FlapDamping.HIGHEST);
            }
            assertThat(damping.at(now + 60_000, HALF_LIFE).held()).isFalse();
        });
    }

    @Test
    void isOffWithoutAHalfLife() {
        FlapDamping damping = FlapDamping.NONE;
        for (int i = 0; i < 50; i++) {
            damping = damping.changed(i, Duration.ZERO);
        }
        assertThat(damping.held()).isFalse();
    }
}
