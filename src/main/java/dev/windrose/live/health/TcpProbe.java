package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.ProbeRequest;
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
    public CompletableFuture<Reading> ask(CheckPlan.Check target, long began, long deadlineNanos) {
        ProbeRequest request = Probe.request(target);
        return wires.connect(request.host(), request.port(), deadlineNanos)
                .thenApply(connected -> Reading.answered(target.check(), Probe.sinceMs(began), target.allowanceMs()));
    }
}
