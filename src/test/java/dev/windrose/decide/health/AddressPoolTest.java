package dev.windrose.decide.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.model.HealthStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressPoolTest {

    /** @param statuses of the addresses, + healthy, ~ degraded, - unhealthy */
    @ParameterizedTest(name = "{0} of which {1} must be good: {2}")
    @CsvSource({
        "+++, 1,    HEALTHY,   ''",
        "++-, 1,    UNHEALTHY, '2 of 3 addresses healthy (expected: 3); 10.0.0.3: down'",
        "-++, 0.67, UNHEALTHY, '2 of 3 addresses healthy (expected: 3); 10.0.0.1: down'",
        "-++, 0.66, HEALTHY,   '2 of 3 addresses healthy (expected: 2); 10.0.0.1: down'",
        "--+, 0,    HEALTHY,   '1 of 3 addresses healthy (expected: 1); 10.0.0.1: down; 10.0.0.2: down'",
        "---, 0,    UNHEALTHY, '0 of 3 addresses healthy (expected: 1); 10.0.0.1: down; 10.0.0.2: down; 10.0.0.3: down'",
        "+~,  1,    DEGRADED,  '1 of 2 addresses healthy (expected: 2); 10.0.0.2: slow'",
        "+~,  0.5,  HEALTHY,   '1 of 2 addresses healthy (expected: 1); 10.0.0.2: slow'",
    })
    void isAsGoodAsTheWorstOfThoseThatMustBeGood(String statuses, double share, HealthStatus status, String cause) {
        Map<String, Reading> readings = new LinkedHashMap<>();
        for (int i = 0; i < statuses.length(); i++) {
            Reading reading = switch (statuses.charAt(i)) {
                case '+' -> new Reading(HealthStatus.HEALTHY, true, i, "");
                case '~' -> new Reading(HealthStatus.DEGRADED, true, i, "slow");
                default -> Reading.failed(i, "down");
            };
            readings.put("10.0.0." + (i + 1), reading);
        }
        Reading pool = AddressPool.of(readings, share);
        assertThat(pool.status()).isEqualTo(status);
        assertThat(pool.cause()).isEqualTo(cause);
        assertThat(pool.success()).isEqualTo(status != HealthStatus.UNHEALTHY);
    }
}
