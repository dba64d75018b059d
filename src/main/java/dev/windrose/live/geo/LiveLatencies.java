package dev.windrose.live.geo;

import dev.windrose.decide.geo.Latencies;
import dev.windrose.decide.geo.LatencyView;
import dev.windrose.decide.geo.RegionNumbers;
import dev.windrose.model.RegionId;

/** The latency map as decisions read it, and the queue for clients' measurements. Safe for all threads. */
public final class LiveLatencies implements Latencies {

    private final RegionNumbers numbers = new RegionNumbers();
    private final SampleQueue samples;
    private volatile LatencyView view = LatencyView.EMPTY;

    public LiveLatencies(SampleQueue samples) {
        this.samples = samples;
    }

    @Override
    public LatencyView view() {
        return view;
    }

    @Override
    public int number(RegionId region) {
        return numbers.of(region);
    }

    /** Accepts round trips without waiting. */
    public SampleQueue samples() {
        return samples;
    }

    RegionNumbers numbers() {
        return numbers;
    }

    void see(LatencyView next) {
        view = next;
    }
}
