package dev.windrose.front.manage;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.ConfigFactory;
import dev.windrose.live.access.Authenticator;
import dev.windrose.model.Grant;
import dev.windrose.model.Principal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cluster management over real sockets: who brings no key, or one of an agent, sees nothing, and nobody changes anything. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManageServerTest {

    private static final Authenticator ROLES = (token, certificate) ->
            token == null ? Principal.MISSING : Principal.of(Principal.Kind.KEY, "key:x", List.of(Grant.parse(token)));

    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseMap(Map.of(
                    "akka.actor.provider", "cluster",
                    "akka.cluster.jmx.enabled", "off",
                    "akka.remote.artery.canonical.hostname", "127.0.0.1",
                    "akka.remote.artery.canonical.port", 0))
            .withFallback(ConfigFactory.load()));
    private final HttpClient client = HttpClient.newHttpClient();
    private ManageServer server;

    @BeforeAll
    void start() throws Exception {
        server = ManageServer.start(kit.system(), new ManageSettings("127.0.0.1", 0), null, ROLES)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    @AfterAll
    void stop() {
        server.stop(Duration.ofSeconds(1));
        kit.shutdownTestKit();
    }

    @ParameterizedTest(name = "{0} {1} by {2}: {3}")
    @CsvSource(
            nullValues = "-",
            value = {
                "GET,    /cluster/members,                      -,                       401",
                "GET,    /cluster/members,                      agent,                   403",
                "GET,    /cluster/members,                      viewer;region=eu-west-1, 403",
                "GET,    /cluster/members,                      viewer,                  200",
                "GET,    /cluster/members,                      admin,                   200",
                "GET,    /cluster/members/x,                    -,                       401",
                "PUT,    /cluster,                              -,                       401",
                "PUT,    /cluster/members/x,                    -,                       401",
                "PUT,    /cluster/members/x,                    admin,                   405",
                "DELETE, /cluster/members/x,                    admin,                   405",
                "POST,   /cluster/members,                      admin,                   405",
                "GET,    /nothing,                              -,                       401",
            })
    void letsInWhoMayRead(String method, String path, String role, int status) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port() + path.replace('~', '/')))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (role != null) {
            request.header("X-Api-Key", role);
        }

        int answered = client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                .statusCode();

        if (status == 405) {
            assertThat(answered).isBetween(400, 499).isNotIn(401, 403);
        } else {
            assertThat(answered).isEqualTo(status);
        }
    }
}
