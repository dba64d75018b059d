package dev.windrose.front.web;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaType;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.scaladsl.model.EntityStreamException;
import akka.http.scaladsl.model.EntityStreamSizeException;
import akka.stream.Materializer;
import akka.stream.javadsl.Sink;
import dev.windrose.live.access.LocalRequests;
import dev.windrose.live.access.RequestToken;
import dev.windrose.live.edit.RequestEdits;
import dev.windrose.live.listen.Connection;
import dev.windrose.live.listen.Connections;
import dev.windrose.live.listen.Listener;
import dev.windrose.live.tls.ServerTls;
import dev.windrose.model.Permission;
import dev.windrose.model.Principal;
import dev.windrose.watch.HttpMeters;
import dev.windrose.watch.ListenMeters;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP front of a node. The plain routing call is answered first and directly; everything else goes through the
 * {@link Router}.
 */
public final class ApiServer {

    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

    private static final Duration AGAIN_AFTER = Duration.ofMillis(100);
    private static final HttpHeader NOT_CAUGHT_UP = RawHeader.create("Windrose-Caught-Up", "false");
    private static final byte[] NO_BODY = {};
    private static final RawHeader REPLAYED = RawHeader.create("Idempotent-Replayed", "true");
    private static final HttpResponse TOO_MANY = Problem.tooMany().response();

    private final ActorSystem<?> system;
    private final HttpSettings settings;
    private final Pipeline pipeline;
    private final Router router;
    private final HttpMeters meters;
    private final Materializer materializer;
    private final AuditTrail trail;
    private volatile boolean stopping = false;
    private volatile Listener listener;

    /** Listens; the stage fails when the address is in use. */
    public static CompletionStage<ApiServer> start(
            ActorSystem<?> system,
            HttpSettings settings,
            @Nullable ServerTls tls,
            Pipeline pipeline,
            List<Resource> resources,
            Executor looks,
            HttpMeters meters) {
        Router router = new Router();
        resources.forEach(resource -> resource.addTo(router));
        ApiServer server = new ApiServer(system, settings, pipeline, router, meters);
        Connections connections = new Connections(settings.limits(), settings.trustedProxies(), meters.listen());
        return Listener.start(system, settings.host(), settings.port(), tls, connections, looks, server::answer)
                .thenApply(listener -> {
                    server.listener = listener;
                    return server;
                });
    }

    @SuppressWarnings("NullAway.Init") // The listener is set before anybody is given the server.
    private ApiServer(
            ActorSystem<?> system, HttpSettings settings, Pipeline pipeline, Router router, HttpMeters meters) {
        this.system = system;
        this.settings = settings;
        this.pipeline = pipeline;
        this.router = router;
        this.trail = new AuditTrail(pipeline.audit());
        this.meters = meters;
        this.materializer = Materializer.matFromSystem(system.classicSystem());
    }

    /** All calls. */
    public List<Router.Offered> offered() {
        return router.offered();
    }

    /** The port that was bound. */
    public int port() {
        return listener.port();
    }

    /** From now on {@code /health/ready} fails, and every answer closes its connection. Everything else continues. */
    public void notReady() {
        stopping = true;
        listener.lastAnswers();
    }

    /** Accepts nothing more and waits for the requests in flight. */
    public CompletionStage<Done> drain(Duration atMost) {
        return listener.drain(atMost);
    }

    private CompletionStage<HttpResponse> answer(Connection connection, HttpRequest request) {
        if (!connection.mayAsk()) {
            meters.listen().refused(ListenMeters.Refusal.REQUESTS_OF_ADDRESS);
            return CompletableFuture.completedFuture(TOO_MANY);
        }
        String foreign = LocalRequests.refusal(pipeline.access(), request);
        if (foreign != null) {
            return drained(request.entity())
                    .handleAsync(
                            (ended, ignored) -> SecurityHeaders.on(
                                    Problem.of(Problem.Kind.FORBIDDEN, foreign).response()),
                            Runnable::run);
        }
        Principal who = pipeline.access().identify(RequestToken.of(request), connection.certificate());
        HttpResponse decided = pipeline.fast().answer(request, who);
        if (decided != null) {
            if (decided != Reply.LIVE) {
                meters.decided();
            }
            return CompletableFuture.completedFuture(decided);
        }
        return slow(connection, connection.addressed(request), who);
    }

    private CompletionStage<HttpResponse> slow(Connection connection, HttpRequest request, Principal who) {
        CompletionStage<HttpResponse> answered;
        RequestEdits written = new RequestEdits();
        Router.Match found = null;
        try {
            String path = Router.plain(request.getUri().path());
            Router.Match match = router.match(request.method().name(), path);
            found = match;
            if ((stopping || pipeline.drained().getAsBoolean()) && path.equals("/health/ready")) {
                throw Problem.unavailable(stopping ? "this node is shutting down" : "this node is drained", 1);
            }
            pipeline.gate().require(match, who, request);
            answered = body(request, match.bodies())
                    .thenCompose(bytes -> handled(
                            match,
                            new Call(request, match, who, written, bytes),
                            written,
                            System.nanoTime() + pipeline.onItsWay().get().toNanos()));
        } catch (RuntimeException e) {
            answered = drained(request.entity()).handleAsync((ended, ignored) -> raise(e), Runnable::run);
        }
        Router.Match asked = found;
        Permission permission = found == null ? null : found.permission();
        return answered.handle((response, failure) -> {
                    Problem problem = response != null ? null : truly(problem(failure, request), asked, who);
                    if (problem != null && problem.kind() == Problem.Kind.TOO_SLOW) {
                        connection.offended();
                    }
                    HttpResponse given = SecurityHeaders.on(problem == null ? response : problem.response());
                    if (!pipeline.caughtUp().getAsBoolean()) {
                        given = given.addHeader(NOT_CAUGHT_UP);
                    }
                    if (written.isReplayed() && problem == null) {
                        given = given.addHeader(REPLAYED);
                    }
                    meters.answered(given.status().intValue());
                    return trail.told(request, permission, who, written, given, problem);
                })
                .thenCompose(told -> told);
    }

    /** A reference to an unknown region is checked again, for as long as its definition may be in transit. */
    private CompletionStage<HttpResponse> handled(
            Router.Match match, Call call, RequestEdits written, long untilNanos) {
        CompletionStage<HttpResponse> answered;
        try {
            answered = match.handler().answer(call);
        } catch (RuntimeException e) {
            // Also other exceptions: on the second attempt nothing else would complete the call.
            answered = CompletableFuture.failedFuture(e);
        }
        return answered.exceptionallyCompose(cause -> {
            // Before the retry: the time of a refusal would reveal as much as its words.
            Throwable failure =
                    Problem.in(cause) instanceof Problem known ? Gate.told(known, match, call.principal()) : cause;
            boolean again = Problem.in(failure) instanceof Problem problem
                    && problem.kind() == Problem.Kind.UNKNOWN_REFERENCE
                    && written.isEmpty()
                    && System.nanoTime() - untilNanos < 0;
            if (!again) {
                return CompletableFuture.failedFuture(failure);
            }
            CompletableFuture<HttpResponse> later = new CompletableFuture<>();
            system.scheduler()
                    .scheduleOnce(
                            AGAIN_AFTER,
                            () -> {
                                CompletionStage<HttpResponse> unused = handled(match, call, written, untilNanos)
                                        .whenComplete((response, problem) -> {
                                            if (problem == null) {
                                                later.complete(response);
                                            } else {
                                                later.completeExceptionally(problem);
                                            }
                                        });
                            },
                            system.executionContext());
            return later;
        });
    }

    /**
     * An accurate answer: before this node has caught up, an unknown definition may exist, and may be within the
     * caller's limits.
     *
     * @param match the call; null when there is no such call
     */
    private Problem truly(Problem problem, Router.@Nullable Match match, Principal who) {
        if (match == null || pipeline.caughtUp().getAsBoolean()) {
            return problem;
        }
        boolean mayExist = switch (problem.kind()) {
            case UNKNOWN, UNKNOWN_NAME, UNKNOWN_REFERENCE, UNKNOWN_KEY -> true;
            case FORBIDDEN ->
                match.scope() != Scope.WHOLE
                        && who.maySomewhere(match.permission())
                        && !who.mayEverywhere(match.permission());
            default -> false;
        };
        return mayExist ? Problem.notCaughtUp(String.valueOf(problem.getMessage())) : problem;
    }

    private CompletionStage<byte[]> body(HttpRequest request, Set<String> mediaTypes) {
        HttpEntity entity = request.entity();
        boolean empty = entity.isKnownEmpty();
        if (request.method() == HttpMethods.GET || request.method() == HttpMethods.DELETE) {
            return drained(entity).thenApplyAsync(ended -> NO_BODY, Runnable::run);
        }
        OptionalLong length = entity.getContentLengthOption();
        if (length.isPresent() && length.getAsLong() > settings.bodyBytes()) {
            throw tooLarge();
        }
        if (!empty && !mediaTypes.contains(mediaType(entity))) {
            throw Problem.of(
                    Problem.Kind.WRONG_MEDIA_TYPE,
                    "Content-Type: " + Json.shortened(entity.getContentType().toString()) + " (expected: "
                            + String.join(", ", new TreeSet<>(mediaTypes)) + ")");
        }
        if (entity instanceof HttpEntity.Strict whole) {
            return CompletableFuture.completedFuture(whole.getData().toArray());
        }
        // Akka's stages would run a plain thenApply in a thread of its own on machines with only two cores.
        return entity.toStrict(settings.bodyTimeout().toMillis(), settings.bodyBytes(), materializer)
                .thenApplyAsync(strict -> strict.getData().toArray(), Runnable::run);
    }

    private static String mediaType(HttpEntity entity) {
        MediaType type = entity.getContentType().mediaType();
        return type.mainType() + "/" + type.subType();
    }

    /**
     * Reads the rest of an unwanted body, up to Akka's {@code max-content-length}. An answer given while the client
     * still sends closes its connection, and the client may never see why it was refused.
     */
    private CompletionStage<Done> drained(HttpEntity entity) {
        if (entity instanceof HttpEntity.Strict) {
            return CompletableFuture.completedFuture(Done.getInstance());
        }
        return entity.getDataBytes().completionTimeout(settings.bodyTimeout()).runWith(Sink.ignore(), materializer);
    }

    private static HttpResponse raise(RuntimeException refusal) {
        throw refusal;
    }

    private Problem tooLarge() {
        return Problem.of(
                Problem.Kind.TOO_LARGE, "body: too large (expected: at most " + settings.bodyBytes() + " bytes)");
    }

    private Problem problem(Throwable failure, HttpRequest request) {
        Throwable cause = Problem.in(failure);
        if (cause instanceof Problem known) {
            return known;
        }
        if (cause instanceof EntityStreamSizeException) {
            return tooLarge();
        }
        if (cause instanceof TimeoutException) {
            return Problem.of(
                    Problem.Kind.TOO_SLOW,
                    "body: not received within " + settings.bodyTimeout().toMillis()
                            + " ms (expected: sent without delay)");
        }
        if (cause instanceof EntityStreamException stream) {
            // A body without a length proves too large only while it is read; Akka reports that by this summary alone.
            if (stream.info().summary().equals("Request too large")) {
                return tooLarge();
            }
            return Problem.of(Problem.Kind.BAD_REQUEST, "body: truncated (expected: as long as its Content-Length)");
        }
        LOG.error(
                "request failed: {} {}",
                request.method().name(),
                request.getUri().path(),
                cause);
        return Problem.of(Problem.Kind.FAILED, "see the log of this node; you can retry the request");
    }
}
