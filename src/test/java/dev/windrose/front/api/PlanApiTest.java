package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.front.api.RunningApi.Answer;
import dev.windrose.live.edit.GatewayInMemory;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An apply that follows another so closely that the table does not have yet what the other has written. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlanApiTest {

    /** Longer than an edit waits for the table. */
    private static final Duration LATE = Duration.ofSeconds(3);

    private RunningApi api;

    @BeforeAll
    void start() {
        api = RunningApi.start();
    }

    @AfterAll
    void stop() {
        api.close();
    }

    @AfterEach
    void inTimeAgain() {
        api.hearsAfter = Duration.ofMillis(1);
    }

    private static String set(String rule, String name, String more) {
        return """
                {"owner": "shop", "definitions": [{"kind": "rule", "spec": {"rule_id": "%s", "name": "%s",
                 "algorithm": "priority", "target_regions": ["eu-west-1"]}%s}]}
                """.formatted(rule, name, more);
    }

    @Test
    void whatWasPlannedIsAppliedOrNothing() {
        api.hearsAfter = Duration.ZERO;
        Answer plan = api.call("POST", "/api/v1/plan", set("exact", "of ada", ""));
        String planned = plan.at("/planned").toString();
        assertThat(planned).isEqualTo("{\"rule:exact\":\"\"}");
        String ofAda = planned(set("exact", "of ada", ""), planned);
        String ofBen = planned(set("exact", "of ben", ""), planned);

        assertThat(applyBy("ben", ofBen).status()).isEqualTo(200);
        Answer late = applyBy("ada", ofAda);
        assertThat(late.status()).isEqualTo(412);
        assertThat(late.at("/detail").asText()).contains("rule:exact: created since it was planned");
        assertThat(api.get("/api/v1/rules/exact").at("/name").asText()).isEqualTo("of ben");

        String again = api.call("POST", "/api/v1/plan", set("exact", "of ada", ""))
                .at("/planned")
                .toString();
        api.call("PATCH", "/api/v1/rules/exact", "{\"session_affinity\": true}");
        Answer changed = applyBy("ada", planned(set("exact", "of ada", ""), again));
        assertThat(changed.status()).isEqualTo(412);
        assertThat(changed.at("/detail").asText()).contains("rule:exact: changed since it was planned");
    }

    @Test
    void theNameOfARegionMayBeInAnyCase() {
        Answer planned = api.post(
                "/api/v1/plan",
                "{\"owner\":\"ci\",\"definitions\":[{\"kind\":\"region\",\"spec\":{\"region_id\":\"Lab-9\"}}]}");

        assertThat(planned.status()).as(planned.text()).isEqualTo(200);
        assertThat(planned.at("/definitions/0/definition").asText()).isEqualTo("region:lab-9");
    }

    @Test
    void anApplyThatIsRepeatedFindsItselfDone() {
        api.hearsAfter = Duration.ZERO;
        String planned = api.call("POST", "/api/v1/plan", set("again", "a", ""))
                .at("/planned")
                .toString();
        String body = planned(set("again", "a", ""), planned);
        api.edits().loss = GatewayInMemory.Loss.ANSWER;
        assertThat(api.call("POST", "/api/v1/apply", body, "Idempotency-Key", "one")
                        .status())
                .isEqualTo(504);
        api.edits().loss = GatewayInMemory.Loss.NONE;
        Answer repeated = api.call("POST", "/api/v1/apply", body, "Idempotency-Key", "one");
        assertThat(repeated.status()).as(repeated.text()).isEqualTo(200);
    }

    private static String planned(String set, String planned) {
        return set.strip().replaceFirst("\\{", "{\"planned\": " + planned + ", ");
    }

    private Answer apply(String rule, String name, String more) {
        return api.call("POST", "/api/v1/apply", set(rule, name, more));
    }

    private long edits(String author) {
        return api.edits().done().stream()
                .filter(edit -> edit.author().equals(author))
                .count();
    }

    private Answer applyBy(String author, String body) {
        return api.call("POST", "/api/v1/apply", body, "X-Windrose-Author", author);
    }

    @Test
    void whatWasMadeAMomentBeforeIsNotMadeAgain() {
        api.hearsAfter = LATE;
        String body = set("late-made", "a", "");
        assertThat(applyBy("made", body).at("/definitions/0/action").asText()).isEqualTo("created");

        Answer again = applyBy("made", body);

        assertThat(again.status()).as(again.text()).isEqualTo(200);
        assertThat(again.at("/definitions")).isEmpty();
        assertThat(again.at("/unchanged").asInt()).isEqualTo(1);
        assertThat(edits("made")).isEqualTo(1);
    }

    @Test
    void whatWasChangedAMomentBeforeIsNotChangedAgain() {
        apply("late-changed", "a", "");
        api.hearsAfter = LATE;
        String body = set("late-changed", "b", "");
        assertThat(applyBy("changed", body).at("/definitions/0/action").asText())
                .isEqualTo("changed");

        Answer again = applyBy("changed", body);

        assertThat(again.status()).as(again.text()).isEqualTo(200);
        assertThat(again.at("/definitions")).isEmpty();
        assertThat(edits("changed")).isEqualTo(1);
    }

    @Test
    void whatWasRemovedAMomentBeforeIsNotRemovedAgain() {
        apply("late-removed", "a", "");
        api.hearsAfter = LATE;
        String body = set("late-removed", "a", ", \"remove\": true");
        assertThat(applyBy("removed", body).at("/definitions/0/action").asText())
                .isEqualTo("removed");

        Answer again = applyBy("removed", body);

        assertThat(again.status()).as(again.text()).isEqualTo(200);
        assertThat(again.at("/definitions")).isEmpty();
        assertThat(edits("removed")).isEqualTo(1);
    }

    @Test
    void whatSomebodyElseMadeOtherwiseMeanwhileStaysAndIsTold() {
        apply("late-other", "a", "");
        api.hearsAfter = LATE;
        applyBy("other", set("late-other", "b", ""));

        Answer mine = apply("late-other", "c", "");

        assertThat(mine.status()).as(mine.text()).isEqualTo(412);
        assertThat(mine.at("/detail").asText()).contains("rule:late-other", "apply again");
    }
}
