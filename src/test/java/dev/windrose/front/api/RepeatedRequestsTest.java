package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.access.KeyText;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.front.api.RunningApi.Answer;
import dev.windrose.live.edit.GatewayInMemory;
import dev.windrose.model.DefinitionKey;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Edits whose answers get lost, and are asked for again. */
class RepeatedRequestsTest {

    private static final RunningApi API = RunningApi.start();

    @AfterAll
    static void stop() {
        API.close();
    }

    @AfterEach
    void nothingIsLost() {
        API.edits().loss = GatewayInMemory.Loss.NONE;
        API.hearsAfter = Duration.ofMillis(1);
    }

    private static String rule(String name) {
        return RunningApi.RULE.replace("\"web\"", "\"" + name + "\"");
    }

    private static Answer call(String method, String path, String body, String... headers) {
        return API.call(method, path, body, headers);
    }

    private static Answer lost(String method, String path, String body, String... headers) {
        API.edits().loss = GatewayInMemory.Loss.ANSWER;
        Answer answer = call(method, path, body, headers);
        API.edits().loss = GatewayInMemory.Loss.NONE;
        assertThat(answer.status()).as(answer.text()).isEqualTo(504);
        assertThat(answer.at("/type").asText()).isEqualTo("urn:windrose:problem:outcome-unknown");
        assertThat(answer.at("/detail").asText()).contains("may have been made").contains("Idempotency-Key");
        return answer;
    }

    private static int edits() {
        return API.edits().done().size();
    }

    @Test
    void aCreationWhoseAnswerWasLostIsRepeatedWithItsKey() {
        int before = edits();
        lost("POST", "/api/v1/rules/create", rule("keyed"), "Idempotency-Key", "k1");
        Answer again = call("POST", "/api/v1/rules/create", rule("keyed"), "Idempotency-Key", "k1");
        assertThat(again.status()).as(again.text()).isEqualTo(200);
        assertThat(again.at("/status").asText()).isEqualTo("created");
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(edits() - before).isEqualTo(1);

        Answer once = call("POST", "/api/v1/rules/create", rule("keyed-2"), "Idempotency-Key", "k2");
        assertThat(once.header("Idempotent-Replayed")).isEmpty();
        assertThat(call("POST", "/api/v1/rules/create", rule("keyed-2"), "Idempotency-Key", "k2")
                        .status())
                .as("also when the answer arrived")
                .isEqualTo(200);
    }

    @Test
    void aKeyNamesOneRequestAlone() {
        call("POST", "/api/v1/rules/create", rule("one"), "Idempotency-Key", "same");
        Answer other = call("PATCH", "/api/v1/rules/one", "{\"name\": \"other\"}", "Idempotency-Key", "same");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.at("/type").asText()).isEqualTo("urn:windrose:problem:key-reused");
        assertThat(call("PATCH", "/api/v1/rules/one", "{\"name\": \"other\"}", "Idempotency-Key", "x".repeat(65))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void withoutAKeyTheSameBodyIsTheSameRequestOnlyWhenTheAnswerWasLost() {
        lost("POST", "/api/v1/rules/create", rule("bare"));
        assertThat(call("POST", "/api/v1/rules/create", rule("bare")).status()).isEqualTo(200);
        call("POST", "/api/v1/rules/create", rule("answered"));
        assertThat(call("POST", "/api/v1/rules/create", rule("answered")).status())
                .as("a duplicate")
                .isEqualTo(400);
        assertThat(call("POST", "/api/v1/rules/create", rule("bare").replace("Web", "Other"))
                        .status())
                .as("another body")
                .isEqualTo(400);
    }

    @Test
    void everyVerbGivesItsFirstAnswerAgain() {
        lost("PUT", "/api/v1/rules/verbs", rule("verbs"), "Idempotency-Key", "put");
        Answer put = call("PUT", "/api/v1/rules/verbs", rule("verbs"), "Idempotency-Key", "put");
        assertThat(put.status()).as(put.text()).isEqualTo(201);

        String etag = put.header("ETag");
        String body = "{\"name\": \"new name\"}";
        lost("PATCH", "/api/v1/rules/verbs", body, "If-Match", etag, "Idempotency-Key", "patch");
        Answer patch = call("PATCH", "/api/v1/rules/verbs", body, "If-Match", etag, "Idempotency-Key", "patch");
        assertThat(patch.status()).as(patch.text()).isEqualTo(200);

        lost("DELETE", "/api/v1/rules/verbs", null, "Idempotency-Key", "delete");
        Answer delete = call("DELETE", "/api/v1/rules/verbs", null, "Idempotency-Key", "delete");
        assertThat(delete.status()).as(delete.text()).isEqualTo(204);
        assertThat(call("DELETE", "/api/v1/rules/verbs", null, "Idempotency-Key", "another")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void aSecretThatNobodySawIsReplacedByTheRepetition() {
        String body = "{\"name\": \"lost\", \"owner\": \"ada\", \"grants\": [\"admin\"]}";
        lost("POST", "/api/v1/keys", body, "Idempotency-Key", "key");
        String unseen = state("lost", "hash");
        Answer again = call("POST", "/api/v1/keys", body, "Idempotency-Key", "key");
        assertThat(again.status()).as(again.text()).isEqualTo(201);
        assertThat(state("lost", "hash")).isNotEqualTo(unseen);
        String seen = again.at("/key").asText();
        assertThat(KeyText.parse(seen).hash()).isEqualTo(state("lost", "hash"));

        String hash = state("lost", "hash");
        lost("POST", "/api/v1/keys/lost/rotate", "{}", "Idempotency-Key", "turn");
        assertThat(state("lost", "previous_hash")).isEqualTo(hash);
        Answer turned = call("POST", "/api/v1/keys/lost/rotate", "{}", "Idempotency-Key", "turn");
        assertThat(turned.status()).as(turned.text()).isEqualTo(200);
        assertThat(state("lost", "previous_hash"))
                .as("the secret that is known stays good")
                .isEqualTo(hash);
        assertThat(KeyText.parse(turned.at("/key").asText()).hash()).isEqualTo(state("lost", "hash"));

        call("POST", "/api/v1/keys/lost/rotate", "{}", "Idempotency-Key", "another turn");
        assertThat(state("lost", "previous_hash"))
                .as("a secret that nobody has used takes no other's place")
                .isEqualTo(hash);
    }

    @Test
    void aSecretThatAnotherRequestMadeIsNotReplaced() {
        String body = "{\"name\": \"two\", \"owner\": \"ada\", \"grants\": [\"admin\"]}";
        lost("POST", "/api/v1/keys", body, "Idempotency-Key", "first");
        for (int i = 0; i < 2; i++) {
            Answer again = call("POST", "/api/v1/keys", body, "Idempotency-Key", "first");
            assertThat(again.status()).as(again.text()).isEqualTo(201);
            assertThat(KeyText.parse(again.at("/key").asText()).hash()).isEqualTo(state("two", "hash"));
        }
        Answer turned = call("POST", "/api/v1/keys/two/rotate", "{}", "Idempotency-Key", "second");
        String hash = KeyText.parse(turned.at("/key").asText()).hash();
        Answer late = call("POST", "/api/v1/keys", body, "Idempotency-Key", "first");
        assertThat(late.status()).as(late.text()).isEqualTo(409);
        assertThat(late.at("/detail").asText()).contains("another one since");
        assertThat(state("two", "hash")).isEqualTo(hash);
    }

    @Test
    void anOldSecretEndsWhenItWasPromisedTo() {
        String body = "{\"name\": \"promise\", \"owner\": \"ada\", \"grants\": [\"viewer\"]}";
        call("POST", "/api/v1/keys", body);
        String hash = state("promise", "hash");
        call("POST", "/api/v1/keys/promise/rotate", "{\"overlap_seconds\": 60}");
        String until = state("promise", "previous_until");
        call("POST", "/api/v1/keys/promise/rotate", "{\"overlap_seconds\": 3600}");
        assertThat(state("promise", "previous_hash")).isEqualTo(hash);
        assertThat(state("promise", "previous_until")).isEqualTo(until);
    }

    @Test
    void aKeyOfAVersionThatRecordsNoUseCountsAsUsed() {
        API.hearsAfter = Duration.ZERO;
        String hash = KeyText.of("legacy", new byte[KeyText.SECRET_BYTES]).hash();
        API.edits()
                .heardElsewhere(
                        DefinitionKey.key("legacy"),
                        new Change(
                                Change.Kind.CREATED,
                                Map.of(
                                        "owner",
                                        "ada",
                                        "grants",
                                        "viewer",
                                        "hash",
                                        hash,
                                        "previous_hash",
                                        "a".repeat(64),
                                        "previous_until",
                                        "99999999999999",
                                        "expires",
                                        "99999999999999"),
                                new Stamp(1, "eu-west-1"),
                                "ada",
                                ""));
        Answer old = call("GET", "/api/v1/keys/legacy", null);
        assertThat(old.at("/used").asBoolean()).as(old.text()).isTrue();
        Answer turned = call("POST", "/api/v1/keys/legacy/rotate", "{}");
        assertThat(turned.status()).as(turned.text()).isEqualTo(200);
        assertThat(state("legacy", "previous_hash")).isEqualTo(hash);
        assertThat(call("GET", "/api/v1/keys/legacy", null).at("/used").asBoolean())
                .as("nobody has used the new one")
                .isFalse();
    }

    private static String state(String key, String field) {
        return String.valueOf(API.edits().state(DefinitionKey.key(key)).text(field));
    }

    @Test
    void whatWasNotMadeSaysSoAndSoDoesAClockThatIsOff() {
        API.edits().loss = GatewayInMemory.Loss.WRITE;
        Answer no = call("POST", "/api/v1/rules/create", rule("never"));
        assertThat(no.status()).isEqualTo(503);
        assertThat(no.at("/type").asText()).isEqualTo("urn:windrose:problem:unavailable");
        API.edits().loss = GatewayInMemory.Loss.CLOCK;
        Answer clock = call("POST", "/api/v1/rules/create", rule("never"));
        assertThat(clock.status()).isEqualTo(503);
        assertThat(clock.at("/type").asText()).isEqualTo("urn:windrose:problem:clock-off");
        assertThat(clock.at("/detail").asText()).startsWith("clock: ");
    }

    @Test
    void whatLostAMergeIsShownAndAcknowledged() {
        API.hearsAfter = Duration.ZERO;
        call("PUT", "/api/v1/rules/torn", rule("torn"));
        Stamp ours = API.edits().state(DefinitionKey.parse("rule:torn")).heard();
        API.edits()
                .heardElsewhere(
                        DefinitionKey.parse("rule:torn"),
                        new Change(
                                Change.Kind.CHANGED,
                                Map.of("name", "of the other side"),
                                new Stamp(ours.epochMs() + 300_000, "eu-west-1"),
                                "ben",
                                "",
                                Map.of(),
                                null,
                                null));
        assertThat(call("GET", "/api/v1/rules/torn", null).at("/name").asText()).isEqualTo("of the other side");
        Answer shown = call("GET", "/api/v1/rules/torn", null);
        assertThat(shown.at("/conflicts/0/fields/name").asText()).isEqualTo("Web");
        assertThat(shown.at("/conflicts/0/superseded_by/region").asText()).isEqualTo("eu-west-1");
        Answer all = call("GET", "/api/v1/conflicts", null);
        assertThat(all.text()).contains("rule:torn");
        assertThat(call("DELETE", "/api/v1/conflicts/rule:torn", null).status()).isEqualTo(204);
        assertThat(call("GET", "/api/v1/rules/torn", null).body().has("conflicts"))
                .isFalse();
        assertThat(call("GET", "/api/v1/conflicts", null).text()).doesNotContain("rule:torn");
        assertThat(call("DELETE", "/api/v1/conflicts/rule:nowhere", null).status())
                .isEqualTo(404);
    }
}
