package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.Outbound;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
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

    private static final int DNS_PORT = 53;

    private final Executor waiting;
    private final Outbound outbound;

    DnsProbe(Executor waiting, Outbound outbound) {
        this.waiting = waiting;
        this.outbound = outbound;
    }

    @Override
    public CompletableFuture<Reading> ask(CheckPlan.Check target, long began) {
        return CompletableFuture.supplyAsync(
                        () -> {
                            SimpleResolver server = new SimpleResolver(
                                    new InetSocketAddress(address(target), Probe.port(target, DNS_PORT)));
                            server.setTimeout(target.check().timeout());
                            return server;
                        },
                        waiting)
                .thenCompose(server -> query(server, target, Type.A)
                        .thenCompose(answer -> isAnswered(answer)
                                ? CompletableFuture.completedFuture(judged(target, answer, began))
                                : query(server, target, Type.AAAA).thenApply(second -> judged(target, second, began))));
    }

    private InetAddress address(CheckPlan.Check target) {
        try {
            return outbound.address(target.endpoint().getHost());
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private CompletionStage<Message> query(SimpleResolver server, CheckPlan.Check target, int type) {
        try {
            Name name = Name.fromString(target.check().question().subject(), Name.root);
            return server.sendAsync(Message.newQuery(Record.newRecord(name, type, DClass.IN)), waiting);
        } catch (IOException e) {
            throw new CompletionException(e);
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
