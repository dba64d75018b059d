package dev.windrose.decide.geo;

import java.time.Duration;

/** The weight of a measurement by its age: halved after each half-life. */
final class ExponentialDecay {

    private final double perSecond;

    ExponentialDecay(Duration halfLife) {
        this.perSecond = -Math.log(2) * 1000 / halfLife.toMillis();
    }

    /** 1 for now and for times that clocks place in the future; towards 0 for the distant past. */
    double after(long seconds) {
        return seconds <= 0 ? 1 : Math.exp(perSecond * seconds);
    }
}
