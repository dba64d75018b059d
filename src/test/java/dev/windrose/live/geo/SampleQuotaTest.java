package dev.windrose.live.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SampleQuotaTest {

    @Test
    void eachBlockHasItsBudgetAnewEveryMinute() {
        SampleQuota budget = new SampleQuota(60);
        assertThat(budget.take(1, 50, 7)).isEqualTo(50);
        assertThat(budget.take(1, 50, 7)).isEqualTo(10);
        assertThat(budget.take(1, 1, 7)).isZero();
        assertThat(budget.take(2, 64, 7)).isEqualTo(60);
        assertThat(budget.take(1, 50, 8)).isEqualTo(50);
        assertThat(budget.take(1, 50, 8 + (1 << 24)))
                .as("after 32 years it is the same minute")
                .isEqualTo(10);
        assertThat(new SampleQuota(0).take(1, 1, 0)).isZero();
        assertThatThrownBy(() -> new SampleQuota(256)).hasMessage("perMinute: 256 (expected: 0 to 255)");
    }
}
