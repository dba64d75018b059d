package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.stage.Api;
import dev.windrose.stage.NodeProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedCluster.class)
class RegionsAgreeStory {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void theClusterForms(Cluster cluster) throws Exception {
        for (NodeProcess node : cluster.nodes()) {
            Await.until(node.region() + " sees three members that are up", Duration.ofSeconds(30), () -> {
                try (Api manage = new Api(node.spec().ports().manage(), Cluster.TIMEOUT)) {
                    return up(manage.get("/cluster/members").body()).size() == 3;
                }
            });
        }
    }

    private static List<String> up(JsonNode members) {
        List<String> up = new ArrayList<>();
        for (JsonNode member : members.path("members")) {
            if (member.path("status").asText().equals("Up")) {
                up.add(member.path("node").asText());
            }
        }
        return up;
    }

    @Test
    void aRuleMadeInOneRegionDecidesInTheOthers(Cluster cluster) throws Exception {
        for (int made = 0; made < 3; made++) {
            String rule = "made-in-" + made;
            try (Api api = cluster.api(made)) {
                Writes.create(api, rule);
            }
            Views.decideBy(cluster, rule, SOON);
            Views.agree(cluster, rule, SOON);
        }
    }

    @Test
    void aChangeAndARemovalHoldEverywhere(Cluster cluster) throws Exception {
        try (Api us = cluster.api(0);
                Api eu = cluster.api(1);
                Api asia = cluster.api(2)) {
            Writes.createPriority(us, "changed", "us-east-1", "eu-west-1");
            Views.agree(cluster, "changed", SOON);
            Writes.rename(eu, "changed", "A better name");
            Views.agree(cluster, "changed", SOON);
            assertThat(asia.get("/api/v1/rules/changed").body().path("name").asText())
                    .isEqualTo("A better name");

            Writes.remove(asia, "changed");
            Views.gone(cluster, "changed", SOON);
        }
    }

    @Test
    void editsOfDifferentFieldsInTwoRegionsBothSurvive(Cluster cluster) throws Exception {
        try (Api us = cluster.api(0);
                Api eu = cluster.api(1);
                Api asia = cluster.api(2)) {
            Writes.create(us, "edited-twice");
            Views.agree(cluster, "edited-twice", SOON);
            Writes.rename(eu, "edited-twice", "Named in Europe");
            Writes.weights(asia, "edited-twice", "{\"us-east-1\":1,\"eu-west-1\":1,\"ap-southeast-1\":2}");
            Views.agree(cluster, "edited-twice", SOON);

            JsonNode rule = us.get("/api/v1/rules/edited-twice").body();
            assertThat(rule.path("name").asText()).isEqualTo("Named in Europe");
            assertThat(rule.path("weights").path("ap-southeast-1").asDouble()).isEqualTo(0.5);
        }
    }
}
