package dev.windrose.live.supervision;

import dev.windrose.watch.Alarms;
import dev.windrose.watch.PartMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.function.LongSupplier;

/** Parts for tests that do not look at them. */
public final class Watching {

    public static Supervision parts() {
        return parts(new Alarms(new SimpleMeterRegistry(), System::currentTimeMillis));
    }

    public static Supervision parts(Alarms alarms) {
        return parts(alarms, System::nanoTime);
    }

    static Supervision parts(Alarms alarms, LongSupplier nanoTime) {
        return new Supervision(new PartMeters(new SimpleMeterRegistry(), alarms), nanoTime);
    }

    private Watching() {}
}
