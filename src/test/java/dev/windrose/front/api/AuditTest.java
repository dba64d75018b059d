package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.access.KeyText;
import dev.windrose.decide.audit.AuditChain;
import dev.windrose.decide.audit.AuditEntry;
import dev.windrose.front.api.RunningApi.Answer;
import dev.windrose.live.access.Authenticators;
import dev.windrose.live.access.FixedKey;
import dev.windrose.live.audit.AuditJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every change and every refusal is in the audit, over real sockets and a real database. */
class AuditTest {

    private static final KeyText ROOT = KeyText.of(
            FixedKey.BREAK_GLASS,
            "an offline key of 32 bytes, here.".substring(0, 32).getBytes(StandardCharsets.US_ASCII));
    private static final String KEY = "Authorization";
    private static final String ADMIN = "Bearer " + ROOT.text();

    private final RunningApi api = RunningApi.start(director -> new Authenticators(
            director::catalog,
            System::currentTimeMillis,
            Map.of(FixedKey.BREAK_GLASS, FixedKey.breakGlass(ROOT.hash())),
            Authenticators.Tokens.NONE));

    @AfterEach
    void stop() {
        api.close();
    }

    private List<AuditEntry> exported() {
        api.audit().flush().toCompletableFuture().join();
        Answer answer = api.get("/api/v1/audit", KEY, ADMIN);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("application/x-ndjson");
        List<AuditEntry> entries = answer.text().lines().map(AuditJson::entry).toList();
        assertThat(AuditChain.verify(entries.iterator(), List.of()).wrong()).isNull();
        return entries;
    }

    private AuditEntry last() {
        List<AuditEntry> entries = exported();
        return entries.get(entries.size() - 1);
    }

    @Test
    void aChangeIsThereWithWhoWhatBeforeAfterFromWhereAndItsId() {
        api.post("/api/v1/rules/create", RunningApi.RULE, KEY, ADMIN);

        Answer answer = api.call(
                "PATCH",
                "/api/v1/rules/web",
                "{\"name\":\"Shop\"}",
                KEY,
                ADMIN,
                "X-Request-Id",
                "deploy-7",
                "X-Windrose-Reason",
                "renamed");

        assertThat(answer.header("X-Request-Id")).isEqualTo("deploy-7");
        AuditEntry entry = last();
        assertThat(entry.event().who()).isEqualTo("break-glass");
        assertThat(entry.event().from()).isEqualTo("127.0.0.1");
        assertThat(entry.event().requestId()).isEqualTo("deploy-7");
        assertThat(entry.event().target()).isEqualTo("rule:web");
        assertThat(entry.event().before()).isEqualTo(Map.of("name", "Web"));
        assertThat(entry.event().after()).isEqualTo(Map.of("name", "Shop"));
        assertThat(entry.event().reason()).isEqualTo("renamed");
        assertThat(entry.event().status()).isEqualTo(200);
    }

    @Test
    void everyDefinitionThatOneCallChangedIsThere() {
        Answer answer = api.post(
                "/api/v1/apply",
                "{\"owner\":\"shop\",\"definitions\":[{\"kind\":\"region\",\"spec\":{\"region_id\":\"us-east-1\"}},"
                        + "{\"kind\":\"rule\",\"spec\":" + RunningApi.RULE + "}]}",
                KEY,
                ADMIN);

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(exported())
                .extracting(entry -> entry.event().target())
                .containsExactlyInAnyOrder("region:us-east-1", "rule:web");
        assertThat(exported())
                .extracting(entry -> entry.event().requestId())
                .containsOnly(answer.header("X-Request-Id"));
    }

    @Test
    void everyRefusalIsThere() {
        api.get("/api/v1/rules");
        api.get("/api/v1/rules", KEY, "Bearer " + KeyText.of("x", new byte[32]).text());
        api.post("/api/v1/rules/create", "{}", KEY, ADMIN);
        api.call("DELETE", "/api/v1/rules/web", null, KEY, ADMIN);

        assertThat(exported())
                .extracting(
                        entry -> entry.event().status() + " " + entry.event().method() + " "
                                + entry.event().who() + " x" + entry.event().count())
                .containsExactlyInAnyOrder("401 GET nobody x2", "422 POST break-glass x1", "404 DELETE break-glass x1");
    }

    @Test
    void readingAndDecidingLeaveNoTrace() {
        api.post("/api/v1/rules/create", RunningApi.RULE, KEY, ADMIN);
        api.get("/api/v1/rules", KEY, ADMIN);
        api.get("/api/v1/route/europe?rule_id=web", KEY, ADMIN);
        api.get("/health/live");

        assertThat(exported()).hasSize(1);
    }

    @Test
    void noSecretIsInIt() {
        Answer made =
                api.post("/api/v1/keys", "{\"name\":\"ci\",\"owner\":\"ada\",\"grants\":[\"viewer\"]}", KEY, ADMIN);
        KeyText key = KeyText.parse(made.at("/key").asText());
        api.call("GET", "/api/v1/keys", null, KEY, "Bearer " + key.text());

        String text = String.join("\n", exported().stream().map(AuditJson::line).toList());

        assertThat(text).contains("key:ci").contains("(hidden)").doesNotContain(key.secret(), key.hash());
        assertThat(text).doesNotContain(ROOT.secret());
    }

    @Test
    void aChangeIsInTheAuditWhenItIsAnswered() {
        api.post("/api/v1/rules/create", RunningApi.RULE, KEY, ADMIN);

        assertThat(api.audit()
                        .reader()
                        .read("us-east-1/test", 0, 10)
                        .toCompletableFuture()
                        .join())
                .hasSize(1);
    }
}
