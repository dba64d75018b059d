package dev.windrose.front.manage;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.http.javadsl.ConnectionContext;
import akka.http.javadsl.Http;
import akka.http.javadsl.HttpTerminated;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.ServerBuilder;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.server.Directives;
import akka.http.javadsl.server.Route;
import akka.http.javadsl.server.directives.RouteAdapter;
import akka.http.scaladsl.model.Uri;
import akka.management.cluster.ClusterHttpManagementRouteProvider;
import akka.management.scaladsl.ManagementRouteProviderSettings;
import dev.windrose.live.access.Authenticator;
import dev.windrose.live.access.RequestToken;
import dev.windrose.live.tls.ServerTls;
import dev.windrose.model.Permission;
import dev.windrose.model.Principal;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Who is in the cluster, as this node sees it: {@code GET /cluster/members}, {@code GET /cluster/members/ADDRESS} and
 * {@code GET /cluster/shards/NAME}. Reads only; nothing here changes the cluster.
 */
public final class ManageServer {

    private final ServerBinding binding;

    /** Binds in the system whose cluster is shown. Fails when the address is taken. */
    public static CompletionStage<ManageServer> start(
            ActorSystem<?> control, ManageSettings settings, @Nullable ServerTls tls, Authenticator access) {
        akka.actor.ActorSystem classic = Adapter.toClassic(control);
        ManagementRouteProviderSettings readOnly = ManagementRouteProviderSettings.apply(
                Uri.apply("http://" + settings.host() + ":" + settings.port()), true);
        Route routes = RouteAdapter.asJava(
                ClusterHttpManagementRouteProvider.get(classic).routes(readOnly));
        ServerBuilder server = Http.get(control).newServerAt(settings.host(), settings.port());
        return (tls == null ? server : server.enableHttps(ConnectionContext.httpsServer(tls::engine)))
                .bind(guarded(routes, access))
                .thenApply(ManageServer::new);
    }

    /** Lets in who may read everything. Akka's own way of asking for credentials lets those in who bring none. */
    private static Route guarded(Route routes, Authenticator access) {
        return Directives.extractRequest(request -> {
            Principal who = access.identify(RequestToken.of(request), null);
            return who.mayEverywhere(Permission.READ)
                    ? routes
                    : Directives.complete(who.denial() == null ? StatusCodes.FORBIDDEN : StatusCodes.UNAUTHORIZED);
        });
    }

    private ManageServer(ServerBinding binding) {
        this.binding = binding;
    }

    /** The port that is listened on. */
    public int port() {
        return binding.localAddress().getPort();
    }

    /** Closes the port at once and the connections after at most that time. */
    public CompletionStage<HttpTerminated> stop(Duration atMost) {
        return binding.terminate(atMost);
    }
}
