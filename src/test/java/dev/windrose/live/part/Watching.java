package dev.windrose.live.part;

import dev.windrose.watch.Alarms;
import dev.windrose.watch.PartMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Parts for tests that do not look at them. */
public final class Watching {

    public static Parts parts() {
        return parts(new Alarms(new SimpleMeterRegistry(), System::currentTimeMillis));
    }

    public static Parts parts(Alarms alarms) {
        return new Parts(new PartMeters(new SimpleMeterRegistry(), alarms), System::nanoTime);
    }

    private Watching() {}
}
