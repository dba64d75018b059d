package dev.windrose.live.health;

import dev.windrose.decide.health.Reading;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** Asks a name server for the address of a name: A first, and AAAA when that gives no client an address. */
final class DnsProbe implements Probe.Protocol {

    private static final int DNS_PORT = 53;

    @Override
    public CompletableFuture<Reading> ask(Asking asking) {
        Name name;
        try {
            name = Name.fromString(asking.question().subject(), Name.root);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        return ask(asking, name, 0);
    }

    /** Asks one address of the name server, and the next when that does not answer. */
    private static CompletableFuture<Reading> ask(Asking asking, Name name, int index) {
        InetAddress address = asking.addresses().get(index);
        int left = asking.addresses().size() - index;
        long now = System.nanoTime();
        long until = now + (asking.deadlineNanos() - now) / left;
        InetSocketAddress server = new InetSocketAddress(address, asking.port(DNS_PORT));
        CompletableFuture<Reading> asked = query(server, name, Type.A, until).thenCompose(answer -> {
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
        return left == 1 ? asked : asked.exceptionallyCompose(failure -> ask(asking, name, index + 1));
    }

    private static CompletableFuture<Message> query(InetSocketAddress at, Name name, int type, long untilNanos) {
        Duration left = Duration.ofNanos(untilNanos - System.nanoTime());
        if (left.toMillis() <= 0) {
            return CompletableFuture.failedFuture(new TimeoutException());
        }
        SimpleResolver server = new SimpleResolver(at);
        server.setTimeout(left);
        // By TCP a server could keep a connection open behind our back. What does not fit says so in the cause.
        server.setIgnoreTruncation(true);
        CompletionStage<Message> sent =
                server.sendAsync(Message.newQuery(Record.newRecord(name, type, DClass.IN)), Runnable::run);
        return sent.toCompletableFuture();
    }
}
