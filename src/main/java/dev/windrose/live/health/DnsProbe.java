package dev.windrose.live.health;

import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.DialAttempts;
import dev.windrose.live.reach.OutboundLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** Asks a name server for the address of a name: A first, and AAAA when A yields no address. */
final class DnsProbe implements Probe.Protocol {

    private final OutboundLoop wires;

    DnsProbe(OutboundLoop wires) {
        this.wires = wires;
    }

    @Override
    public CompletableFuture<Reading> ask(CheckInFlight asking) {
        Name name;
        try {
            name = Name.fromString(asking.question().subject(), Name.root);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        return ask(asking, name, 0, System.nanoTime());
    }

    /**
     * Queries one address of the name server, and the next when that does not answer.
     *
     * @param begunNanos when the first address was asked
     */
    private CompletableFuture<Reading> ask(CheckInFlight asking, Name name, int index, long begunNanos) {
        InetAddress address = asking.addresses().get(index);
        int left = asking.addresses().size() - index;
        long now = System.nanoTime();
        long until = now + (asking.deadlineNanos() - now) / left;
        InetSocketAddress server =
                new InetSocketAddress(address, asking.request().port());
        asking.trail().tries(address);
        CompletableFuture<Message> first = query(server, name, Type.A, until).whenComplete((answer, failure) -> {
            if (answer != null) {
                asking.trail().connected(address, now - begunNanos);
            }
        });
        CompletableFuture<Reading> asked = first.thenCompose(answer -> {
            String problem = DnsAnswer.problem(answer, name, Type.A);
            return problem.isEmpty()
                    ? CompletableFuture.completedFuture(asking.answered())
                    : query(server, name, Type.AAAA, until).thenApply(second -> {
                        String also = DnsAnswer.problem(second, name, Type.AAAA);
                        return also.isEmpty()
                                ? asking.answered()
                                : asking.failed("answer: " + problem + ", " + also + " (expected: an address)");
                    });
        });
        return left == 1 ? asked : asked.exceptionallyCompose(failure -> ask(asking, name, index + 1, begunNanos));
    }

    private CompletableFuture<Message> query(InetSocketAddress at, Name name, int type, long untilNanos) {
        Duration left = Duration.ofNanos(untilNanos - System.nanoTime());
        if (left.toMillis() <= 0) {
            return CompletableFuture.failedFuture(new TimeoutException());
        }
        Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
        SimpleResolver server = new SimpleResolver(at);
        server.setTimeout(left);
        // Truncated answers are requested again over TCP below, where the connection has a deadline.
        server.setIgnoreTruncation(true);
        return server.sendAsync(query, Runnable::run)
                .thenCompose(answer -> answer.getHeader().getFlag(Flags.TC)
                                && !DnsAnswer.problem(answer, name, type).isEmpty()
                        ? byTcp(at, query, untilNanos)
                        : CompletableFuture.completedFuture(answer))
                .toCompletableFuture();
    }

    private CompletableFuture<Message> byTcp(InetSocketAddress at, Message query, long untilNanos) {
        OutboundLoop.Way way =
                new OutboundLoop.Way(List.of(at.getAddress()), at.getPort(), new DialAttempts(), untilNanos);
        return wires.message(way, query.toWire()).thenCompose(bytes -> {
            try {
                Message answer = new Message(bytes);
                boolean ours = answer.getHeader().getID() == query.getHeader().getID()
                        && answer.getHeader().getFlag(Flags.QR);
                return ours
                        ? CompletableFuture.completedFuture(answer)
                        : CompletableFuture.failedFuture(new IOException("answer: over TCP, to another query"));
            } catch (IOException e) {
                return CompletableFuture.failedFuture(new IOException("answer: over TCP, not a DNS message", e));
            }
        });
    }
}
