package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.Outbound;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** Asks for a connection and hangs up. */
final class TcpProbe implements Probe.Protocol {

    private final Executor waiting;
    private final Outbound outbound;

    TcpProbe(Executor waiting, Outbound outbound) {
        this.waiting = waiting;
        this.outbound = outbound;
    }

    @Override
    public CompletableFuture<Reading> ask(CheckPlan.Check target, long began) {
        int port = Probe.port(target, Probe.encrypted(target.endpoint()) ? 443 : 80);
        int timeoutMs = (int) target.check().timeout().toMillis();
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        outbound.connect(target.endpoint().getHost(), port, timeoutMs)
                                .close();
                        return Reading.answered(target.check(), Probe.sinceMs(began), target.allowanceMs());
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                waiting);
    }
}
