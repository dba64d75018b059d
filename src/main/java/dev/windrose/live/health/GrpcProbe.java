package dev.windrose.live.health;

import akka.actor.ClassicActorSystemProvider;
import akka.http.javadsl.ClientTransport;
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
import akka.stream.Materializer;
import akka.stream.SystemMaterializer;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.Outbound;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Calls {@code grpc.health.v1.Health/Check}; the target is well when it answers SERVING. */
final class GrpcProbe implements Probe.Protocol {

    /*
     * One call needs of gRPC a frame header of five bytes, and of protocol buffers one field each way: `service` (1, text)
     * there and `status` (1, number; 1 is SERVING) back. So the HTTP client that is here anyway speaks it, in place of a
     * library that is larger than all else together. Source: github.com/grpc/grpc, doc/health-checking.md and
     * doc/PROTOCOL-HTTP2.md.
     */

    private static final String PATH = "/grpc.health.v1.Health/Check";
    private static final int FRAME_HEADER = 5;
    private static final int FIELD_1_TEXT = 0x0A;
    private static final int FIELD_1_NUMBER = 0x08;
    private static final int SERVING = 1;
    private static final int ANSWER_AT_MOST = 1024;

    private final ClassicActorSystemProvider system;
    private final Executor waiting;
    private final Outbound outbound;
    private final ClientConnectionSettings settings;
    private final Materializer materializer;

    GrpcProbe(ClassicActorSystemProvider system, Executor waiting, Outbound outbound) {
        this.system = system;
        this.waiting = waiting;
        this.outbound = outbound;
        this.settings = ClientConnectionSettings.create(system.classicSystem());
        this.materializer = SystemMaterializer.get(system).materializer();
    }

    @Override
    public CompletableFuture<Reading> ask(CheckPlan.Check target, long began) {
        return CompletableFuture.supplyAsync(() -> address(target), waiting)
                .thenCompose(address -> ask(target, address, began));
    }

    private InetAddress address(CheckPlan.Check target) {
        try {
            return outbound.address(target.endpoint().getHost());
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private CompletableFuture<Reading> ask(CheckPlan.Check target, InetAddress address, long began) {
        boolean encrypted = Probe.encrypted(target.endpoint());
        InetSocketAddress looked = new InetSocketAddress(address, Probe.port(target, encrypted ? 443 : 80));
        OutgoingConnectionBuilder builder = Http.get(system)
                .connectionTo(target.endpoint().getHost())
                .toPort(looked.getPort())
                .withClientConnectionSettings(settings.withTransport(
                        ClientTransport.withCustomResolver((host, port) -> CompletableFuture.completedFuture(looked))));
        Flow<HttpRequest, HttpResponse, CompletionStage<OutgoingConnection>> connection =
                encrypted ? builder.http2() : builder.http2WithPriorKnowledge();
        HttpRequest request = HttpRequest.POST(
                        (encrypted ? "https://" : "http://") + target.endpoint().getAuthority() + PATH)
                .addHeader(RawHeader.create("te", "trailers"))
                .addHeader(RawHeader.create("user-agent", "windrose-health"))
                .withEntity(HttpEntities.create(
                        ContentTypes.create(MediaTypes.applicationBinary("grpc", true, "grpc")),
                        question(target.check().question().subject())));
        // The request is all there is to send, but a source that ends would end the connection before the answer.
        return Source.single(request)
                .concat(Source.maybe())
                .via(connection)
                .mapAsync(1, response -> judged(target, response, began))
                .runWith(Sink.head(), materializer)
                .toCompletableFuture();
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

    private CompletionStage<Reading> judged(CheckPlan.Check target, HttpResponse response, long began) {
        String refused = response.getHeader("grpc-status")
                .map(HttpHeader::value)
                .filter(status -> !status.equals("0"))
                .orElse("");
        if (response.status().intValue() != 200 || !refused.isEmpty()) {
            response.discardEntityBytes(materializer);
            return CompletableFuture.completedFuture(Reading.failed(
                    Probe.sinceMs(began),
                    refused.isEmpty()
                            ? "status: " + response.status().intValue() + " (expected: 200)"
                            : "grpc-status: " + refused + " (expected: 0)"));
        }
        return response.entity()
                .withSizeLimit(ANSWER_AT_MOST)
                .getDataBytes()
                .runFold(ByteString.emptyByteString(), ByteString::concat, materializer)
                .thenApply(bytes -> {
                    int status = status(bytes.toArray());
                    return status == SERVING
                            ? Reading.answered(target.check(), Probe.sinceMs(began), target.allowanceMs())
                            : Reading.failed(
                                    Probe.sinceMs(began), "serving status: " + status + " (expected: 1, SERVING)");
                });
    }

    /** The number of field 1, which proto3 leaves out when it is 0; unknown fields are none of our business. */
    private static int status(byte[] frame) {
        return frame.length >= FRAME_HEADER + 2 && frame[FRAME_HEADER] == FIELD_1_NUMBER ? frame[FRAME_HEADER + 1] : 0;
    }
}
