package dev.windrose.live.health;

import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.Wires;
import java.util.concurrent.CompletableFuture;

/** Asks for a connection and hangs up. */
final class TcpProbe implements Probe.Protocol {

    private final Wires wires;

    TcpProbe(Wires wires) {
        this.wires = wires;
    }

    @Override
    public CompletableFuture<Reading> ask(Asking asking) {
        return wires.connect(asking.way()).thenApply(connected -> asking.answered());
    }
}
