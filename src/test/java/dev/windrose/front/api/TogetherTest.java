package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.front.api.RunningApi.Answer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A rule's check and the endpoint of its region that must change together, for neither goes with what the other was. */
class TogetherTest {

    private static final String NAMES = "dns://127.0.0.1:9153";
    private static final String STREAMS = "tls://127.0.0.1:9143";

    /** What a resolver is asked for and no certificate is of. */
    private static final String RECORD = ", \"subject\": \"_dmarc.shop.test\"";

    private final RunningApi api = RunningApi.start();

    @BeforeEach
    void aResolver() {
        api.hearsAfter = Duration.ZERO;
        Answer made = api.post("/api/v1/apply", set(NAMES, RECORD, ""));
        assertThat(made.status()).as(made.text()).isEqualTo(200);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private static String region(String endpoint) {
        return "{\"region_id\": \"lab-1\", \"endpoints\": [\"" + endpoint + "\"]}";
    }

    private static String rule(String subject) {
        return "{\"rule_id\": \"web\", \"name\": \"Web\", \"algorithm\": \"priority\", \"target_regions\": [\"lab-1\"],"
                + " \"health_check\": {\"type\": \"http\"" + subject + "}}";
    }

    private static String set(String endpoint, String subject, String more) {
        return "{\"owner\": \"ci\", \"definitions\": [{\"kind\": \"region\", \"spec\": " + region(endpoint)
                + "}, {\"kind\": \"rule\", \"spec\": " + rule(subject) + "}" + more + "]}";
    }

    private String endpoint() {
        return api.get("/api/v1/regions/lab-1").at("/endpoints/0").asText();
    }

    @Test
    void neitherGoesAlone() {
        assertThat(api.put("/api/v1/regions/lab-1", region(STREAMS)).status()).isEqualTo(422);
        assertThat(api.put("/api/v1/rules/web", rule("")).status()).isEqualTo(422);
    }

    @Test
    void aSetThatIsRightAsAWholeIsApplied() {
        String set = set(STREAMS, ", \"subject\": \"\"", "");
        Answer planned = api.post("/api/v1/plan", set);
        assertThat(planned.status()).as(planned.text()).isEqualTo(200);

        Answer applied = api.post("/api/v1/apply", set);

        assertThat(applied.status()).as(applied.text()).isEqualTo(200);
        assertThat(applied.at("/definitions")).hasSize(2);
        assertThat(endpoint()).isEqualTo(STREAMS);
        assertThat(api.post("/api/v1/plan", set).at("/definitions")).isEmpty();
    }

    @Test
    void oneThatIsWrongAsAWholeChangesNothing() {
        String other = ", {\"kind\": \"region\", \"spec\": {\"region_id\": \"lab-0\"}}";
        Object before = api.state();

        Answer refused = api.post("/api/v1/apply", set(STREAMS, RECORD, other));

        assertThat(refused.status()).as(refused.text()).isEqualTo(422);
        assertThat(refused.at("/detail").asText()).contains("rule web at " + STREAMS);
        assertThat(api.state()).isEqualTo(before);
    }
}
