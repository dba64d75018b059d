package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Api;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Origin;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A node that finds neither its database nor the other regions, only the snapshot it once wrote. */
class SnapshotStory {

    private static final String NO_DATABASE = "jdbc:postgresql://127.0.0.1:1/windrose?connectTimeout=1";

    private static NodeProcess.Spec spec;
    private static Origin origin;

    @BeforeAll
    static void aNodeOnceMadeARule() throws Exception {
        origin = Origin.start("us-east-1", 0);
        spec = Cluster.alone("snapshot", Map.of(), Cluster.SMALL);
        try (NodeProcess node = NodeProcess.of(spec);
                Api api = node.api(Cluster.TIMEOUT)) {
            node.start();
            node.awaits("/health/ready/control", Cluster.STARTS_WITHIN);
            Writes.acknowledged(
                    api,
                    "PUT",
                    "/api/v1/regions/us-east-1",
                    "{\"region_id\":\"us-east-1\",\"endpoints\":[\"http://127.0.0.1:" + origin.port() + "\"]}");
            Writes.createPriority(api, "remembered", "us-east-1", "eu-west-1");
            Await.until("decides", Duration.ofSeconds(5), () -> "us-east-1".equals(api.region("asia", "remembered")));
            assertThat(node.stop(Duration.ofSeconds(30))).isTrue();
        }
    }

    @AfterAll
    static void end() throws Exception {
        origin.close();
    }

    @Test
    void withoutItsDatabaseItDecidesAndRefusesWritesWithATimeToComeBack() throws Exception {
        NodeProcess.Spec without = spec.with("windrose.rule.journal.url", NO_DATABASE);
        decidesAndRefuses(without);
    }

    @Test
    void withoutClusterAndDatabaseItDecidesFromItsSnapshot() throws Exception {
        NodeProcess.Ports nobody = NodeProcess.Ports.free();
        NodeProcess.Spec alone = spec.with("windrose.rule.journal.url", NO_DATABASE)
                .with("windrose.node.regions", "us-east-1,eu-west-1")
                .with(
                        "windrose.node.seeds",
                        nobody.address() + "," + spec.ports().address());
        decidesAndRefuses(alone);
    }

    private static void decidesAndRefuses(NodeProcess.Spec broken) throws Exception {
        try (NodeProcess node = NodeProcess.of(broken);
                Api api = node.api(Cluster.TIMEOUT)) {
            node.start();
            node.awaits("/health/ready", Duration.ofSeconds(30));
            assertThat(api.region("asia", "remembered")).isEqualTo("us-east-1");

            Api.Answer refused = api.call("PATCH", "/api/v1/rules/remembered", "{\"name\":\"x\"}");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.retryAfter()).matches("[1-9][0-9]*");
            assertThat(api.get("/health/ready/control").status()).isEqualTo(503);

            assertThat(api.region("asia", "remembered")).isEqualTo("us-east-1");
            assertThat(api.get("/api/v1/rules/remembered").body().path("name").asText())
                    .isEqualTo("remembered");
        }
    }
}
