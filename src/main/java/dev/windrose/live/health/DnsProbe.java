package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.ProbeRequest;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.Wires;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** Asks a name server for the address of a name: A first, and AAAA when there is none. */
final class DnsProbe implements Probe.Protocol {

    private final Wires wires;

    DnsProbe(Wires wires) {
        this.wires = wires;
    }

    @Override
    public CompletableFuture<Reading> ask(CheckPlan.Check target, long began, long deadlineNanos) {
        ProbeRequest request = Probe.request(target);
        return wires.address(request.host()).thenCompose(address -> {
            InetSocketAddress server = new InetSocketAddress(address, request.port());
            return query(server, target, Type.A, deadlineNanos)
                    .thenCompose(answer -> isAnswered(answer)
                            ? CompletableFuture.completedFuture(judged(target, answer, began))
                            : query(server, target, Type.AAAA, deadlineNanos)
                                    .thenApply(second -> judged(target, second, began)));
        });
    }

    private static CompletionStage<Message> query(
            InetSocketAddress at, CheckPlan.Check target, int type, long deadlineNanos) {
        Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
        if (left.toMillis() <= 0) {
            return CompletableFuture.failedFuture(new TimeoutException());
        }
        SimpleResolver server = new SimpleResolver(at);
        server.setTimeout(left);
        // By TCP a server could keep a connection open behind our back, and an answer that did not fit says enough.
        server.setIgnoreTruncation(true);
        try {
            Name name = Name.fromString(target.check().question().subject(), Name.root);
            return server.sendAsync(Message.newQuery(Record.newRecord(name, type, DClass.IN)), Runnable::run);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static boolean isAnswered(Message answer) {
        return answer.getRcode() == Rcode.NOERROR
                && !answer.getSection(Section.ANSWER).isEmpty();
    }

    private static Reading judged(CheckPlan.Check target, Message answer, long began) {
        if (isAnswered(answer)) {
            return Reading.answered(target.check(), Probe.sinceMs(began), target.allowanceMs());
        }
        return Reading.failed(
                Probe.sinceMs(began),
                "answer: " + Rcode.string(answer.getRcode()) + " with "
                        + answer.getSection(Section.ANSWER).size() + " records (expected: NOERROR with an address)");
    }
}
