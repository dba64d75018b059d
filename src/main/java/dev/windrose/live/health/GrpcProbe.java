package dev.windrose.live.health;

import akka.actor.ActorSystem;
import akka.actor.ClassicActorSystemProvider;
import akka.event.NoLogging;
import akka.http.javadsl.ClientTransport;
import akka.http.javadsl.ConnectionContext;
import akka.http.javadsl.Http;
import akka.http.javadsl.OutgoingConnection;
import akka.http.javadsl.OutgoingConnectionBuilder;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.settings.ClientConnectionSettings;
import akka.stream.ActorAttributes;
import akka.stream.Attributes;
import akka.stream.KillSwitches;
import akka.stream.Materializer;
import akka.stream.SharedKillSwitch;
import akka.stream.SystemMaterializer;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.OutboundLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Calls {@code grpc.health.v1.Health/Check}; the target is healthy when it answers SERVING. */
final class GrpcProbe implements Probe.Protocol {

    /*
     * One call needs only gRPC's frame header of five bytes, and one protocol buffer field each way: `service` (1,
     * text) in the request and `status` (1, number; 1 is SERVING) in the response. So the existing HTTP client is used
     * instead of a library that is larger than everything else together. Source: github.com/grpc/grpc,
     * doc/health-checking.md and doc/PROTOCOL-HTTP2.md.
     */

    /** Of {@code windrose/akka-checks.conf}. */
    private static final Attributes OWN_THREADS = ActorAttributes.dispatcher("akka.actor.grpc-checks-dispatcher");

    private static final String PATH = "/grpc.health.v1.Health/Check";
    private static final int FRAME_HEADER = 5;
    private static final int FIELD_1_TEXT = 0x0A;
    private static final int FIELD_1_NUMBER = 0x08;
    private static final int SERVING = 1;
    private static final int ANSWER_AT_MOST = 1024;

    /** A server that sends more than this for an answer of a few bytes is cut off. */
    private static final int RECEIVED_AT_MOST = 256 * 1024;

    private final ClassicActorSystemProvider system;
    private final OutboundLoop wires;
    private final ClientConnectionSettings settings;
    private final Materializer materializer;

    GrpcProbe(ClassicActorSystemProvider system, OutboundLoop wires) {
        this.system = system;
        this.wires = wires;
        this.settings = ClientConnectionSettings.create(system.classicSystem());
        this.materializer = SystemMaterializer.get(system).materializer();
    }

    @Override
    public CompletableFuture<Reading> ask(CheckInFlight asking) {
        OutboundLoop.Way way = asking.way();
        CompletableFuture<Reading> answered = new CompletableFuture<>();
        // Of several addresses, the first that accepts is used; a single one needs no choice.
        CompletableFuture<InetAddress> chosen = way.addresses().size() == 1
                ? CompletableFuture.completedFuture(way.addresses().get(0))
                : wires.connect(way);
        CompletionStage<?> unused = chosen.whenComplete((address, failure) -> {
            if (address == null) {
                answered.completeExceptionally(failure);
            } else if (!answered.isDone()) {
                try {
                    ask(asking, new InetSocketAddress(address, way.port()), answered);
                } catch (RuntimeException e) {
                    answered.completeExceptionally(e);
                }
            }
        });
        return answered.orTimeout(asking.deadlineNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void ask(CheckInFlight asking, InetSocketAddress looked, CompletableFuture<Reading> answered) {
        boolean encrypted = asking.request().encrypted();
        String host = asking.manner().host();
        SharedKillSwitch cut = KillSwitches.shared("check");
        // Cuts the connection: the end of the response stream would not end a connection that keeps sending.
        CompletionStage<?> unused =
                answered.whenComplete((reading, failure) -> cut.abort(new IOException("check: ended")));
        OutgoingConnectionBuilder builder = Http.get(system)
                .connectionTo(asking.request().serverName())
                // A target's errors are in the cause of the reading.
                .logTo(NoLogging.getInstance())
                .toPort(looked.getPort())
                .withCustomHttpsConnectionContext(ConnectionContext.httpsClient((name, port) -> OutboundLoop.engine(
                        asking.trust().context(), asking.request().serverName(), port)))
                .withClientConnectionSettings(settings.withTransport(new Cut(looked, cut)));
        Flow<HttpRequest, HttpResponse, CompletionStage<OutgoingConnection>> connection =
                encrypted ? builder.http2() : builder.http2WithPriorKnowledge();
        HttpRequest request = HttpRequest.POST((encrypted ? "https://" : "http://")
                        + (host.isEmpty() ? asking.request().authority() : host)
                        + PATH)
                .addHeader(RawHeader.create("te", "trailers"))
                .addHeader(RawHeader.create("user-agent", "windrose-health"))
                .withEntity(HttpEntities.create(
                        ContentTypes.create(MediaTypes.applicationBinary("grpc", true, "grpc")),
                        question(asking.question().subject())));
        // The request is all there is to send, but a source that ends would end the connection before the answer.
        Source.single(request)
                .concat(Source.maybe())
                .via(connection)
                .mapAsync(1, response -> judged(asking, response))
                .toMat(Sink.head(), Keep.right())
                // Nor here: a stage that fails on a target's bytes would log a stack trace for each check.
                .withAttributes(Attributes.createLogLevels(
                                Attributes.logLevelOff(), Attributes.logLevelOff(), Attributes.logLevelOff())
                        .and(OWN_THREADS))
                .run(materializer)
                .whenComplete((reading, failure) -> {
                    if (reading == null) {
                        answered.completeExceptionally(failure);
                    } else {
                        answered.complete(reading);
                    }
                });
    }

    /** A connection to the resolved address that can be cut, and is cut when it receives too much. */
    private static final class Cut extends ClientTransport {

        private final ClientTransport inner;
        private final SharedKillSwitch cut;

        Cut(InetSocketAddress looked, SharedKillSwitch cut) {
            this.inner = ClientTransport.withCustomResolver((host, port) -> CompletableFuture.completedFuture(looked));
            this.cut = cut;
        }

        @Override
        public Flow<ByteString, ByteString, CompletionStage<OutgoingConnection>> connectTo(
                String host, int port, ClientConnectionSettings settings, ActorSystem actors) {
            return Flow.<ByteString>create()
                    .via(cut.flow())
                    .viaMat(inner.connectTo(host, port, settings, actors), Keep.right())
                    .via(cut.flow())
                    .limitWeighted(RECEIVED_AT_MOST, bytes -> (long) bytes.size());
        }
    }

    private static byte[] question(String service) {
        byte[] name = service.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        if (name.length > 0) {
            message.write(FIELD_1_TEXT);
            for (int left = name.length; ; left >>>= 7) {
                message.write(left < 0x80 ? left : (left & 0x7F) | 0x80);
                if (left < 0x80) {
                    break;
                }
            }
            message.writeBytes(name);
        }
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(0);
        for (int shift = 24; shift >= 0; shift -= 8) {
            frame.write(message.size() >>> shift);
        }
        frame.writeBytes(message.toByteArray());
        return frame.toByteArray();
    }

    private CompletionStage<Reading> judged(CheckInFlight asking, HttpResponse response) {
        String refused = response.getHeader("grpc-status")
                .map(HttpHeader::value)
                .filter(status -> !status.equals("0"))
                .orElse("");
        if (response.status().intValue() != 200 || !refused.isEmpty()) {
            response.discardEntityBytes(materializer);
            return CompletableFuture.completedFuture(asking.failed(
                    refused.isEmpty()
                            ? "status: " + response.status().intValue() + " (expected: 200)"
                            : "grpc-status: " + (refused.matches("[0-9]{1,3}") ? refused : "not a number")
                                    + " (expected: 0)"));
        }
        return response.entity()
                .withSizeLimit(ANSWER_AT_MOST)
                .getDataBytes()
                .toMat(Sink.fold(ByteString.emptyByteString(), ByteString::concat), Keep.right())
                .withAttributes(OWN_THREADS)
                .run(materializer)
                .thenApply(bytes -> {
                    int status = status(bytes.toArray());
                    return status == SERVING
                            ? asking.answered()
                            : asking.failed("serving status: " + status + " (expected: 1, SERVING)");
                });
    }

    /** The value of field 1, which proto3 omits when it is 0; unknown fields are ignored. */
    private static int status(byte[] frame) {
        return frame.length >= FRAME_HEADER + 2 && frame[FRAME_HEADER] == FIELD_1_NUMBER ? frame[FRAME_HEADER + 1] : 0;
    }
}
