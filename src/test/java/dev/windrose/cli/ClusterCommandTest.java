package dev.windrose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.cli.remote.Exit;
import dev.windrose.stage.Api;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The nodes of a cluster, as a real one tells of them. */
class ClusterCommandTest extends RemoteCommandTest {

    @Test
    void theMembersRegionsAndShardsAreShown() throws IOException {
        JsonNode member = run("cluster members -o json").json().at("/members/0");
        assertThat(member.at("/region").asText()).isEqualTo("us-east-1");
        assertThat(member.at("/status").asText()).isEqualTo("up");
        assertThat(member.at("/self").asBoolean()).isTrue();
        assertThat(member.at("/reachable").asBoolean()).isTrue();
        assertThat(run("cluster regions").out()).containsPattern("us-east-1 +1 +1");

        put(
                "rule put a",
                "{name: a, algorithm: priority, target_regions: [us-east-1], health_check: {type: tcp, interval_ms: 600000}}");
        JsonNode shards = run("cluster shards -o json").json();
        assertThat(shards.at("/total_shards").asInt()).isPositive();
        int definitions = 0;
        for (JsonNode shard : shards.at("/shards")) {
            definitions += shard.at("/definitions").asInt();
        }
        assertThat(definitions).isEqualTo(1);
    }

    @Test
    void aMemberThatLivesIsNotTakenForGone() {
        String address =
                run("cluster members -o json").json().at("/members/0/address").asText();
        Ran down = run("cluster down " + address, "--reason", "drill");
        assertThat(down.code()).isEqualTo(Exit.FAILED);
        assertThat(down.err()).contains("is reachable");
        assertThat(run("cluster down 127.0.0.1:1", "--reason", "drill").code()).isEqualTo(Exit.UNKNOWN);
        assertThat(run("cluster leave 127.0.0.1:1", "--reason", "drill").code()).isEqualTo(Exit.UNKNOWN);
        assertThat(run("cluster leave " + address + " --dry-run", "--reason", "drill")
                        .out())
                .contains("/leave");
    }

    @Test
    void aDrainedNodeIsNotReadyAndGoesOnDeciding() throws IOException {
        try (Api api = new Api(node.port(), Duration.ofSeconds(5))) {
            assertThat(run("cluster drain --author ada", "--reason", "new kernel")
                            .code())
                    .isZero();
            assertThat(api.get("/health/ready").status()).isEqualTo(503);
            assertThat(api.get("/health/live").status()).isEqualTo(200);
            assertThat(api.get("/api/v1/rules").status()).isEqualTo(200);
            assertThat(run("cluster undrain").code()).isZero();
            assertThat(api.get("/health/ready").status()).isEqualTo(200);
        }
    }

    @Test
    void logLevelsAreChangedAndTakenBack() {
        assertThat(run("cluster logs dev.windrose.front.api error").code()).isZero();
        assertThat(run("cluster logs").out()).containsPattern("dev\\.windrose\\.front\\.api +error");
        assertThat(run("cluster logs dev.windrose.front.api inherited").code()).isZero();
        assertThat(run("cluster logs").out()).doesNotContain("dev.windrose.front.api ");
        assertThat(run("cluster logs dev.windrose loud").err()).contains("expected: trace, debug");
        assertThat(run("cluster logs com.example debug").err()).contains("begins with dev.windrose or akka");
    }
}
