package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.front.api.RunningApi.Answer;
import dev.windrose.watch.LogLevels;
import org.junit.jupiter.api.Test;

class LogLevelsApiTest {

    private static Answer set(RunningApi api, String logger, String level) {
        return api.call("PUT", "/api/v1/cluster/log-levels/" + logger, "{\"level\":\"" + level + "\"}");
    }

    @Test
    void namesByWhichNobodyLogsAreBoundedAndOthersAreNot() {
        try (RunningApi api = RunningApi.start()) {
            // It tells every change, which nobody wants to read here.
            set(api, "dev.windrose.front.api.ClusterResource", "error");
            String name = "dev.windrose.front.api.bound.";
            for (int i = 0; i < LogLevels.NEW_AT_MOST; i++) {
                assertThat(set(api, name + i, "info").status()).isEqualTo(200);
            }

            Answer refused = set(api, name + "more", "info");

            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.at("/detail").asText())
                    .isEqualTo(
                            "logger: 'dev.windrose.front.api.bound.more' (expected: an existing logger, because"
                                    + " 256 other names were given a level since the node started; or a prefix of an existing logger)");
            assertThat(set(api, name + 0, "inherited").status()).isEqualTo(200);
            assertThat(set(api, "dev.windrose.front.api", "info").status()).isEqualTo(200);
            assertThat(set(api, "dev.windrose.front.api", "inherited").status()).isEqualTo(200);
            set(api, "dev.windrose.front.api.ClusterResource", "inherited");
        }
    }
}
