package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.windrose.stage.Api;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One region keeps its journal in PostgreSQL, beside two with embedded ones, and loses it for a while. */
@ExtendWith(SharedCluster.class)
class JournalAwayStory {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int AT_POSTGRES = 2;

    @BeforeEach
    void needsPostgres(Cluster cluster) {
        assumeTrue(cluster.postgres() != null, "needs PostgreSQL: its binaries for this platform did not start");
    }

    @Test
    void decisionsGoOnWritesAreRefusedAndNothingIsLost(Cluster cluster) throws Exception {
        PostgresJournal journal = cluster.postgres();
        try (Api us = cluster.api(0);
                Api asia = cluster.api(AT_POSTGRES)) {
            Writes.createPriority(asia, "kept-in-postgres", "us-east-1", "eu-west-1");
            Views.agree(cluster, "kept-in-postgres", SOON);
            assertThat(journal.events()).isPositive();

            journal.refuse();
            Await.until("writes are refused", SOON, () -> {
                Api.Answer refused = asia.call("PATCH", "/api/v1/rules/kept-in-postgres", "{\"name\":\"lost?\"}");
                return refused.status() == 503 && refused.retryAfter().matches("[1-9][0-9]*");
            });
            assertThat(asia.region("asia", "kept-in-postgres")).isEqualTo("us-east-1");
            assertThat(asia.get("/health/ready").status()).isEqualTo(200);
            Await.until(
                    "it says that it takes no writes",
                    SOON,
                    () -> asia.get("/health/ready/control").status() == 503);
            Writes.rename(us, "kept-in-postgres", "Changed while the journal was away");
            assertThat(asia.region("asia", "kept-in-postgres")).isEqualTo("us-east-1");

            journal.admit();
            cluster.awaitReady();
            Writes.create(asia, "made-after-the-journal-was-back");
            Views.agree(cluster, "made-after-the-journal-was-back", SOON);
            Views.agree(cluster, "kept-in-postgres", SOON);
            assertThat(asia.get("/api/v1/rules/kept-in-postgres")
                            .body()
                            .path("name")
                            .asText())
                    .isEqualTo("Changed while the journal was away");
        }
    }
}
