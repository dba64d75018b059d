package dev.windrose.front.manage;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.server.Route;
import akka.http.javadsl.server.directives.RouteAdapter;
import akka.http.scaladsl.model.Uri;
import akka.japi.function.Function;
import akka.management.cluster.ClusterHttpManagementRouteProvider;
import akka.management.scaladsl.ManagementRouteProviderSettings;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.access.LocalRequests;
import dev.windrose.live.access.RequestToken;
import dev.windrose.live.audit.AuditLog;
import dev.windrose.live.audit.RequestDetails;
import dev.windrose.live.listen.Connection;
import dev.windrose.live.listen.Connections;
import dev.windrose.live.listen.Listener;
import dev.windrose.live.tls.ServerTls;
import dev.windrose.model.Permission;
import dev.windrose.model.Principal;
import dev.windrose.watch.ListenMeters;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's members as this node sees them: {@code GET /cluster/members}, {@code GET /cluster/members/ADDRESS} and
 * {@code GET /cluster/shards/NAME}. Read-only; nothing here changes the cluster. Refused calls and attempted changes
 * are audited.
 */
public final class ManageServer {

    private final ActorSystem<?> control;
    private final Authenticator access;
    private final AuditLog audit;
    private final ListenMeters meters;
    private final Function<HttpRequest, CompletionStage<HttpResponse>> routes;
    private final RequestDetails requests = new RequestDetails();

    /**
     * Listens; the stage fails when the address is taken.
     *
     * @param control the system whose cluster is shown
     * @param connections admits and ends connections, before as well as after a start of {@code control}
     * @param looks runs the sweeps over them
     */
    public static CompletionStage<Listener> start(
            ActorSystem<?> control,
            ManageSettings settings,
            @Nullable ServerTls tls,
            Authenticator access,
            AuditLog audit,
            Connections connections,
            Executor looks,
            ListenMeters meters) {
        ManageServer server = new ManageServer(control, settings, access, audit, meters);
        return Listener.start(
                control,
                settings.host(),
                settings.port(),
                tls,
                connections,
                looks,
                (connection, request) -> server.answer(connection, connection.addressed(request)));
    }

    private ManageServer(
            ActorSystem<?> control,
            ManageSettings settings,
            Authenticator access,
            AuditLog audit,
            ListenMeters meters) {
        this.control = control;
        this.access = access;
        this.audit = audit;
        this.meters = meters;
        ManagementRouteProviderSettings readOnly = ManagementRouteProviderSettings.apply(
                Uri.apply("http://" + settings.host() + ":" + settings.port()), true);
        Route cluster = RouteAdapter.asJava(ClusterHttpManagementRouteProvider.get(Adapter.toClassic(control))
                .routes(readOnly));
        this.routes = cluster.function(control);
    }

    /**
     * Admits callers who may read everything. Akka's own authentication directive admits callers without credentials.
     */
    private CompletionStage<HttpResponse> answer(Connection connection, HttpRequest request) {
        if (!connection.mayAsk()) {
            meters.refused(ListenMeters.Refusal.REQUESTS_OF_ADDRESS);
            return refused(request, StatusCodes.TOO_MANY_REQUESTS);
        }
        String foreign = LocalRequests.refusal(access, request);
        if (foreign != null) {
            return refused(request, StatusCodes.FORBIDDEN).thenApply(answer -> answer.withEntity(foreign + "\n"));
        }
        Principal who = access.identify(RequestToken.of(request), connection.certificate());
        if (!who.mayEverywhere(Permission.READ)) {
            StatusCode status = who.denial() == null ? StatusCodes.FORBIDDEN : StatusCodes.UNAUTHORIZED;
            return refused(request, status).thenApply(answer -> told(request, who, answer));
        }
        return asked(request)
                .thenApplyAsync(answer -> reads(request) ? answer : told(request, who, answer), Runnable::run);
    }

    /**
     * Reads an unwanted body to its end first: an answer before it would close the connection, with a line in the log.
     */
    private CompletionStage<HttpResponse> asked(HttpRequest request) {
        return request.discardEntityBytes(control)
                .completionStage()
                .handleAsync((read, failure) -> failure == null, Runnable::run)
                // An invalid body is its sender's fault, and is not logged.
                .thenComposeAsync(
                        whole -> whole
                                ? routed(request.withEntity(HttpEntities.EMPTY))
                                : CompletableFuture.completedFuture(
                                        HttpResponse.create().withStatus(StatusCodes.BAD_REQUEST)),
                        Runnable::run);
    }

    private CompletionStage<HttpResponse> routed(HttpRequest request) {
        try {
            return routes.apply(request);
        } catch (Exception e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static boolean reads(HttpRequest request) {
        return request.method() == HttpMethods.GET || request.method() == HttpMethods.HEAD;
    }

    private CompletionStage<HttpResponse> refused(HttpRequest request, StatusCode status) {
        request.discardEntityBytes(control);
        return CompletableFuture.completedFuture(HttpResponse.create().withStatus(status));
    }

    /** Nothing was changed, so the answer does not wait for the audit. */
    private HttpResponse told(HttpRequest request, Principal who, HttpResponse answer) {
        String id = requests.id(request);
        CompletionStage<Done> unused = audit.record(RequestDetails.event(
                request, who.name(), id, answer.status().intValue(), "", Map.of(), Map.of(), "cluster management"));
        return answer.addHeader(RawHeader.create(RequestDetails.ID, id));
    }
}
