package dev.windrose.boot;

import akka.actor.typed.ActorSystem;
import dev.windrose.watch.Meters;
import java.util.concurrent.atomic.AtomicInteger;

/** What runs in the control plane, and what the data plane may use of it while it is there. */
final class Control implements ControlSystem.Parts {

    private final DataDir dataDir;
    private final AtomicInteger up;

    Control(DataDir dataDir, Meters meters) {
        this.dataDir = dataDir;
        this.up = meters.registry().gauge(Meters.CONTROL_UP, new AtomicInteger());
    }

    @Override
    public void start(ActorSystem<?> control) {}

    @Override
    public boolean founded() {
        return dataDir.founded();
    }

    @Override
    public void up(ActorSystem<?> control) {
        dataDir.markFounded();
        up.set(1);
    }

    @Override
    public void gone() {
        up.set(0);
    }
}
