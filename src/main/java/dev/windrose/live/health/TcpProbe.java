package dev.windrose.live.health;

import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.OutboundLoop;
import java.util.concurrent.CompletableFuture;

/** Connects and closes the connection. */
final class TcpProbe implements Probe.Protocol {

    private final OutboundLoop wires;

    TcpProbe(OutboundLoop wires) {
        this.wires = wires;
    }

    @Override
    public CompletableFuture<Reading> ask(CheckInFlight asking) {
        return wires.connect(asking.way()).thenApply(connected -> asking.answered());
    }
}
