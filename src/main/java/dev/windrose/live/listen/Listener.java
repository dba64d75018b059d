package dev.windrose.live.listen;

import akka.Done;
import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.dispatch.ExecutionContexts;
import akka.event.Logging;
import akka.event.LoggingAdapter;
import akka.http.javadsl.Http;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.settings.ServerSettings;
import akka.stream.Materializer;
import akka.stream.TLSClosing;
import akka.stream.TLSProtocol.SessionBytes;
import akka.stream.TLSProtocol.SslTlsInbound;
import akka.stream.TLSProtocol.SslTlsOutbound;
import akka.stream.javadsl.BidiFlow;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.stream.javadsl.TLS;
import akka.stream.javadsl.TLSPlacebo;
import akka.stream.javadsl.Tcp;
import akka.util.ByteString;
import dev.windrose.live.tls.ServerTls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Listens, and puts {@link Connections} in front of Akka's HTTP, which by itself waits indefinitely for clients that
 * send a byte now and then.
 */
public final class Listener {

    /** Answers one request of one connection. */
    public interface Handler {
        CompletionStage<HttpResponse> answer(Connection connection, HttpRequest request);
    }

    private static final HttpHeader CLOSE = akka.http.javadsl.model.headers.Connection.create("close");
    private static final int BACKLOG = 4096;
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final ActorSystem<?> system;
    private final @Nullable ServerTls tls;
    private final Connections connections;
    private final Handler handler;
    private final BidiFlow<HttpResponse, SslTlsOutbound, SslTlsInbound, HttpRequest, NotUsed> http;
    private final Materializer materializer;
    private volatile Tcp.ServerBinding binding;

    /**
     * Listens; the stage fails when the address is in use.
     *
     * @param looks runs the sweeps over all connections, and nothing that others can delay
     */
    public static CompletionStage<Listener> start(
            ActorSystem<?> system,
            String host,
            int port,
            @Nullable ServerTls tls,
            Connections connections,
            Executor looks,
            Handler handler) {
        // Everything is set up before the port opens: accepted connections are answered at once.
        Listener listener = new Listener(system, tls, connections, looks, handler);
        CompletableFuture<Listener> listening = new CompletableFuture<>();
        Source<Tcp.IncomingConnection, CompletionStage<Tcp.ServerBinding>> incoming =
                Tcp.get(system.classicSystem()).bind(host, port, BACKLOG, List.of(), false, Optional.empty());
        CompletionStage<Tcp.ServerBinding> bound =
                incoming.to(Sink.foreach(listener::open)).run(listener.materializer);
        bound.whenComplete((binding, failure) -> {
            if (binding == null) {
                listening.completeExceptionally(failure);
            } else {
                listener.binding = binding;
                listening.complete(listener);
            }
        });
        return listening;
    }

    @SuppressWarnings("NullAway.Init") // Bound before anybody is given the listener.
    private Listener(
            ActorSystem<?> system, @Nullable ServerTls tls, Connections connections, Executor looks, Handler handler) {
        this.system = system;
        this.tls = tls;
        this.connections = connections;
        this.handler = handler;
        this.materializer = Materializer.matFromSystem(system.classicSystem());
        LoggingAdapter log = Logging.getLogger(system.classicSystem(), Listener.class);
        // Created once: each instance has its own parser that first learns all headers, which costs more than a
        // connection.
        this.http = Http.get(system)
                .serverLayer(
                        ServerSettings.create(system.classicSystem()).withTransparentHeadRequests(true),
                        Optional.empty(),
                        log);
        system.scheduler()
                .scheduleWithFixedDelay(
                        Connections.BEAT,
                        Connections.BEAT,
                        connections::look,
                        // Not queued behind requests, of which slow clients may have caused many.
                        ExecutionContexts.fromExecutor(looks));
    }

    /** The listening port. */
    public int port() {
        return binding.localAddress().getPort();
    }

    private void open(Tcp.IncomingConnection incoming) {
        Connection connection = connections.admit(incoming.remoteAddress().getAddress());
        if (connection == null) {
            incoming.handleWith(Flow.fromSinkAndSource(Sink.cancelled(), Source.empty()), materializer);
            return;
        }
        if (connection.held()) {
            incoming.handleWith(Flow.fromGraph(new HeldConnection(connection, connections)), materializer);
            return;
        }
        Flow<ByteString, ByteString, CompletionStage<NotUsed>> answers = Flow.lazyFlow(() -> http(connection));
        incoming.handleWith(
                BidiFlow.fromGraph(new DeadlineStage(connection, connections, tls == null))
                        .reversed()
                        .join(answers),
                materializer);
    }

    /** Akka's HTTP for one connection; created when there is something for it to read. */
    private Flow<ByteString, ByteString, NotUsed> http(Connection connection) {
        ServerTls by = tls;
        return http.atop(by == null ? plain() : encrypted(by, connection))
                .reversed()
                .join(Flow.<HttpRequest>create().mapAsync(1, request -> answer(connection, request)));
    }

    /** Decrypted bytes are passed on in pieces as well, see {@link DeadlineStage}. */
    private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> encrypted(
            ServerTls tls, Connection connection) {
        SSLEngine engine = tls.engine();
        connection.secured(engine);
        return BidiFlow.fromFlows(
                        Flow.<SslTlsOutbound>create(),
                        Flow.<SslTlsInbound>create().mapConcat(Listener::pieces))
                .atop(TLS.create(() -> engine, TLSClosing.eagerClose()));
    }

    private static List<SslTlsInbound> pieces(SslTlsInbound inbound) {
        if (!(inbound instanceof SessionBytes session) || session.bytes().size() <= DeadlineStage.PIECE) {
            return List.of(inbound);
        }
        List<SslTlsInbound> pieces = new ArrayList<>();
        for (ByteString rest = session.bytes(); !rest.isEmpty(); rest = rest.drop(DeadlineStage.PIECE)) {
            pieces.add(new SessionBytes(session.session(), rest.take(DeadlineStage.PIECE)));
        }
        return pieces;
    }

    /** Plain bytes in the form that HTTP over TLS expects. */
    @SuppressWarnings("unchecked") // Whoever takes what comes in takes bytes of a session as well.
    private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> plain() {
        BidiFlow<SslTlsOutbound, ByteString, ByteString, ? extends SslTlsInbound, NotUsed> plain =
                TLSPlacebo.getInstance();
        return (BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed>) plain;
    }

    private CompletionStage<HttpResponse> answer(Connection connection, HttpRequest request) {
        connection.asked();
        CompletionStage<HttpResponse> answer = handler.answer(connection, request);
        if (connections.closing()) {
            return answer.handleAsync(
                    (response, failure) -> {
                        connection.answered();
                        return last(response, failure);
                    },
                    Runnable::run);
        }
        if (answer instanceof CompletableFuture<HttpResponse> future && future.isDone()) {
            connection.answered();
            return answer;
        }
        return answer.handleAsync(
                (response, failure) -> {
                    connection.answered();
                    // A request in flight when shutdown began gets one of the last answers.
                    return connections.closing() || failure != null ? last(response, failure) : response;
                },
                Runnable::run);
    }

    private static HttpResponse last(@Nullable HttpResponse response, @Nullable Throwable failure) {
        if (response == null) {
            throw new CompletionException(failure);
        }
        return response.addHeader(CLOSE);
    }

    /** From now on every answer closes its connection. */
    public void lastAnswers() {
        connections.lastAnswers();
    }

    /** Accepts nothing more, waits for the requests in flight for at most that time, and ends all connections. */
    public CompletionStage<Done> drain(Duration atMost) {
        CompletableFuture<Done> drained = new CompletableFuture<>();
        binding.unbind().whenComplete((unbound, failure) -> {
            connections.endIdle();
            whenAnswered(System.nanoTime() + atMost.toNanos(), drained);
        });
        return drained.orTimeout(atMost.toMillis() + 1000, TimeUnit.MILLISECONDS);
    }

    private void whenAnswered(long until, CompletableFuture<Done> drained) {
        if (connections.answering() == 0 || System.nanoTime() - until >= 0) {
            connections.killAll();
            drained.complete(Done.getInstance());
            return;
        }
        connections.endIdle();
        system.scheduler().scheduleOnce(LOOK_EVERY, () -> whenAnswered(until, drained), system.executionContext());
    }
}
