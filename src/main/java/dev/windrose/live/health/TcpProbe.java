package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** Asks for a connection and hangs up. */
final class TcpProbe implements Probe.Protocol {

    private final Executor waiting;

    TcpProbe(Executor waiting) {
        this.waiting = waiting;
    }

    @Override
    public CompletableFuture<Reading> ask(CheckPlan.Check target, long began) {
        int port = Probe.port(target, Probe.encrypted(target.endpoint()) ? 443 : 80);
        int timeoutMs = (int) target.check().timeout().toMillis();
        return CompletableFuture.supplyAsync(
                () -> {
                    try (Socket socket = new Socket()) {
                        socket.connect(new InetSocketAddress(target.endpoint().getHost(), port), timeoutMs);
                        return Reading.answered(target.check(), Probe.sinceMs(began), target.allowanceMs());
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                waiting);
    }
}
