package dev.windrose.decide.geo;

import dev.windrose.model.RegionId;

/** The currently known round trips. Compiled rules read it on the decision path. */
public interface Latencies {

    /** Nothing is known. */
    Latencies NONE = new Latencies() {
        @Override
        public LatencyView view() {
            return LatencyView.EMPTY;
        }

        @Override
        public int number(RegionId region) {
            return RegionNumbers.NONE;
        }
    };

    /** What is known now. Neither waits nor allocates. */
    LatencyView view();

    /** The number of the region in this view and all later ones; {@link RegionNumbers#NONE} when it has none. */
    int number(RegionId region);
}
