package dev.windrose.live.part;

import dev.windrose.watch.Alarms;
import dev.windrose.watch.PartMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.function.LongSupplier;

/** Parts for tests that do not look at them. */
public final class Watching {

    public static Parts parts() {
        return parts(new Alarms(new SimpleMeterRegistry(), System::currentTimeMillis));
    }

    public static Parts parts(Alarms alarms) {
        return parts(alarms, System::nanoTime);
    }

    static Parts parts(Alarms alarms, LongSupplier nanoTime) {
        return new Parts(new PartMeters(new SimpleMeterRegistry(), alarms), nanoTime);
    }

    private Watching() {}
}
