package dev.windrose.decide.health;

import dev.windrose.model.Authority;
import dev.windrose.model.HealthStatus;

/**
 * Everything known of one target, {@link HealthStatus#UNKNOWN} where a source has nothing to say or is too old.
 *
 * @param override what an operator says
 * @param probe what the checks of all observers say together
 * @param passive what the outcomes that clients reported say
 * @param report what somebody outside reported
 */
public record Evidence(HealthStatus override, HealthStatus probe, HealthStatus passive, HealthStatus report) {

    /** Whom to believe. */
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
