package dev.windrose.decide.health;

import dev.windrose.model.Authority;
import dev.windrose.model.HealthStatus;

/**
 * All evidence about one target, {@link HealthStatus#UNKNOWN} where a source has none or it is too old.
 *
 * @param override an operator's override
 * @param probe the combined checks of all observers
 * @param passive from the outcomes that clients reported
 * @param report from external reports
 */
public record Evidence(HealthStatus override, HealthStatus probe, HealthStatus passive, HealthStatus report) {

    /** The authority that counts. */
    public Authority authority() {
        if (override != HealthStatus.UNKNOWN) {
            return Authority.OVERRIDE;
        }
        if (probe != HealthStatus.UNKNOWN) {
            return Authority.PROBE;
        }
        if (passive != HealthStatus.UNKNOWN) {
            return Authority.PASSIVE;
        }
        return report != HealthStatus.UNKNOWN ? Authority.REPORT : Authority.NONE;
    }

    public HealthStatus status() {
        return switch (authority()) {
            case OVERRIDE -> override;
            case PROBE -> probe;
            case PASSIVE -> passive;
            case REPORT -> report;
            case NONE -> HealthStatus.UNKNOWN;
        };
    }
}
