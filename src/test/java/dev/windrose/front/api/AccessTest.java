package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.access.KeyText;
import dev.windrose.front.api.RunningApi.Answer;
import dev.windrose.front.web.Router;
import dev.windrose.live.access.Authenticators;
import dev.windrose.live.access.FixedKey;
import dev.windrose.model.Permission;
import dev.windrose.model.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may call what, over real sockets; and that docs/reference/access.md says the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessTest {

    private static final Path DOCS = Path.of("docs/reference/access.md");
    private static final String FROM = "<!-- calls -->\n";
    private static final String TO = "<!-- end of calls -->";
    private static final KeyText ROOT = KeyText.of(FixedKey.BREAK_GLASS, new byte[KeyText.SECRET_BYTES]);

    private final Issuer issuer = new Issuer();
    private final AtomicLong later = new AtomicLong();
    private final Map<Role, String> keys = new EnumMap<>(Role.class);
    private RunningApi api;

    @BeforeAll
    void start() {
        api = RunningApi.start(director -> new Authenticators(
                director::catalog,
                () -> System.currentTimeMillis() + later.get(),
                Map.of(FixedKey.BREAK_GLASS, FixedKey.breakGlass(ROOT.hash())),
                issuer.tokens(() -> System.currentTimeMillis() + later.get())));
        for (Role role : Role.values()) {
            keys.put(role, make(role.wireName(), role.wireName()));
        }
        rule("shop", "{\"team\":\"shop\"}", "\"us-east-1\",\"eu-west-1\"");
        rule("euro", "{\"team\":\"euro\"}", "\"eu-west-1\"");
    }

    @AfterAll
    void stop() {
        api.close();
    }

    private String make(String name, String grants) {
        Answer made = call(
                "POST",
                "/api/v1/keys",
                ROOT.text(),
                "{\"name\":\"" + name + "\",\"owner\":\"ada\",\"grants\":[\"" + grants + "\"]}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.at("/key").asText();
    }

    private void rule(String id, String labels, String targets) {
        Answer made = call(
                "PUT",
                "/api/v1/rules/" + id,
                ROOT.text(),
                "{\"name\":\"x\",\"algorithm\":\"weighted_round_robin\",\"target_regions\":[" + targets
                        + "],\"labels\":" + labels + "}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
    }

    private Answer call(String method, String path, String key, String body) {
        String content = method.equals("GET") || method.equals("DELETE") ? null : body;
        return key == null
                ? api.call(method, path, content)
                : api.call(method, path, content, "Authorization", "Bearer " + key);
    }

    private static String path(Router.Offered offered) {
        return offered.pattern().replace("*", "x-nothing");
    }

    @Test
    void everyCallIsAnsweredToTheRolesThatMayAndToNobodyElse() {
        for (Router.Offered offered : api.server().offered()) {
            for (Role role : Role.values()) {
                Answer answer = call(offered.method(), path(offered), keys.get(role), "{}");

                assertThat(answer.status() == 403)
                        .as("%s %s by %s: %s", offered.method(), offered.pattern(), role, answer.text())
                        .isEqualTo(!role.has(offered.permission()));
                // 503 is what needs the control plane, which is not there.
                assertThat(answer.status()).as(offered.pattern()).isNotIn(401, 500);
                String token = issuer.token("ada", role.wireName());
                assertThat(call(offered.method(), path(offered), token, "{}").status() == 403)
                        .as("%s %s by a token of %s", offered.method(), offered.pattern(), role)
                        .isEqualTo(answer.status() == 403);
            }
        }
    }

    @Test
    void nobodyIsLetInWithoutAKeyThatIsGood() {
        String forged = KeyText.of("admin", new byte[KeyText.SECRET_BYTES]).text();
        String unknown = KeyText.of("nobody", new byte[KeyText.SECRET_BYTES]).text();
        String brief = make("brief", "admin");
        String token = issuer.token("ada", "admin");
        List<String> badTokens = issuer.badOnes();
        for (Router.Offered offered : api.server().offered()) {
            for (String bad : badTokens) {
                refused(offered, bad);
            }
            for (String key : new String[] {null, forged, unknown, "admin", "x.y.z", "wr.admin.", "a".repeat(7000)}) {
                refused(offered, key);
            }
        }
        later.set(91L * 86_400_000);
        try {
            for (Router.Offered offered : api.server().offered()) {
                refused(offered, brief);
                refused(offered, token);
            }
        } finally {
            later.set(0);
        }
    }

    private void refused(Router.Offered offered, String key) {
        Answer answer = call(offered.method(), path(offered), key, "{}");
        String what = offered.method() + " " + offered.pattern() + " by " + key + ": " + answer.text();
        if (offered.permission() == Permission.PUBLIC) {
            assertThat(answer.status()).as(what).isIn(200, 204, 307, 422);
        } else {
            assertThat(answer.status()).as(what).isEqualTo(401);
            assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
            assertThat(answer.at("/type").asText()).isEqualTo("urn:windrose:problem:unauthenticated");
        }
    }

    @ParameterizedTest(name = "{0}: {1} {2}: {4}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "viewer;label.team=shop | GET | /api/v1/rules/shop | - | 200",
                "viewer;label.team=shop | GET | /api/v1/rules/euro | - | 403",
                "viewer;label.team=shop | GET | /api/v1/dashboard | - | 403",
                "viewer;label.team=shop | GET | /api/v1/rules/was-never | - | 403",
                "agent;label.team=shop | GET | /api/v1/route/europe?rule_id=was-never | - | 403",
                "agent;label.team=shop | GET | /api/v1/route?rule_id=was-never | - | 403",
                "viewer;label.team=shop | GET | /api/v1/metrics/was-never | - | 403",
                "viewer;label.team=shop | GET | /api/v1/geographic-rules/was-never | - | 403",
                "editor;label.team=shop | DELETE | /api/v1/rules/was-never | - | 403",
                "editor;label.team=shop | PATCH | /api/v1/rules/was-never | {\"name\":\"y\"} | 403",
                "editor;region=eu-west-1 | DELETE | /api/v1/geographic-rules/was-never | - | 403",
                "editor;region=eu-west-1 | PATCH | /api/v1/geographic-rules/was-never | {\"priority\":1} | 403",
                "editor;region=eu-west-1 | PUT | /api/v1/rules/fresh | {\"name\":\"x\",\"algorithm\":\"priority\",\"target_regions\":[\"nowhere-1\"]} | 403",
                "editor;region=eu-west-1 | PUT | /api/v1/rules/fresh | {\"name\":\"x\",\"algorithm\":\"priority\",\"target_regions\":[\"us-east-1\"]} | 403",
                "editor;region=eu-west-1 | PUT | /api/v1/rules/fresh | {\"name\":\"x\",\"algorithm\":\"priority\",\"target_regions\":[\"eu-west-1\"],\"fallback\":\"region:us-east-1\"} | 403",
                "editor;region=eu-west-1 | PUT | /api/v1/rules/fresh | {\"name\":\"x\",\"algorithm\":\"priority\",\"target_regions\":[\"eu-west-1\"]} | 201",
                "editor;region=eu-west-1 | PUT | /api/v1/geographic-rules/fresh | {\"source_regions\":[\"europe\"],\"target_regions\":[\"eu-west-1\"]} | 403",
                "editor;region=eu-west-1 | PUT | /api/v1/geographic-rules/fresh | {\"source_regions\":[\"europe\"],\"target_regions\":[\"eu-west-1\"],\"applies_to\":\"shop\"} | 403",
                "editor;region=eu-west-1 | PUT | /api/v1/geographic-rules/fresh | {\"source_regions\":[\"europe\"],\"target_regions\":[\"eu-west-1\"],\"applies_to\":\"was-never\"} | 403",
                "editor;region=eu-west-1 | PUT | /api/v1/geographic-rules/fresh | {\"source_regions\":[\"europe\"],\"target_regions\":[\"eu-west-1\"],\"applies_to\":\"euro\"} | 201",
                "editor;region=eu-west-1 | PATCH | /api/v1/geographic-rules/fresh | {\"applies_to\":\"\"} | 403",
                "editor;label.team=shop | PUT | /api/v1/geographic-rules/fresher | {\"source_regions\":[\"europe\"],\"target_regions\":[\"eu-west-1\"],\"applies_to\":\"shop\"} | 201",
                "editor;label.team=shop | PATCH | /api/v1/geographic-rules/fresher | {\"applies_to\":\"euro\"} | 403",
                "editor;label.team=euro | DELETE | /api/v1/geographic-rules/fresher | - | 403",
                "editor;region=eu-west-1 | PUT | /api/v1/regions/eu-west-1 | {\"endpoints\":[\"http://127.0.0.1:9191\"]} | 403",
                "editor;region=eu-west-1 | PUT | /api/v1/regions/eu-west-1 | {\"coordinate\":{\"lat\":1,\"lon\":2}} | 403",
                "editor;region=eu-west-1 | PUT | /api/v1/regions/eu-west-1 | {\"areas\":[\"asia\"]} | 403",
                "editor;region=lab-1 | PUT | /api/v1/regions/lab-1 | {\"endpoints\":[\"http://127.0.0.1:9191\"]} | 201",
                "viewer;label.team=shop | GET | /api/v1/metrics/euro | - | 403",
                "viewer;region=us-east-1 | GET | /api/v1/rules/shop | - | 200",
                "viewer;region=us-east-1 | GET | /api/v1/rules/euro | - | 403",
                "agent;label.team=shop | GET | /api/v1/route/europe?rule_id=shop | - | 200",
                "agent;label.team=shop | GET | /api/v1/route/europe?rule_id=euro | - | 403",
                "agent;label.team=shop | GET | /api/v1/route?rule_id=euro | - | 403",
                "agent;label.team=shop | GET | /api/v1/route/europe?explain=true&rule_id=euro | - | 403",
                "operator;label.team=shop | POST | /api/v1/rules/shop/update-weights | {\"us-east-1\":1,\"eu-west-1\":1} | 200",
                "operator;label.team=shop | POST | /api/v1/rules/euro/update-weights | {\"eu-west-1\":1} | 403",
                "operator;region=us-east-1 | POST | /api/v1/rules/shop/update-weights | {\"us-east-1\":1,\"eu-west-1\":1} | 403",
                "operator;region=eu-west-1 | DELETE | /api/v1/rules/shop/overrides/eu-west-1 | - | 204",
                "operator;region=eu-west-1 | DELETE | /api/v1/rules/shop/overrides/us-east-1 | - | 403",
                "operator;region=eu-west-1 | DELETE | /api/v1/regions/us-east-1/override | - | 403",
                "editor;label.team=shop | PATCH | /api/v1/rules/shop | {\"name\":\"y\"} | 200",
                "editor;label.team=shop | PATCH | /api/v1/rules/shop | {\"labels\":{\"team\":\"euro\"}} | 403",
                "editor;label.team=shop | PATCH | /api/v1/rules/euro | {\"labels\":{\"team\":\"shop\"}} | 403",
                "editor;label.team=shop | DELETE | /api/v1/rules/euro | - | 403",
                "editor;label.team=shop | PATCH | /api/v1/rules/euro | {\"weights\":{\"us-east-1\":1}} | 403",
                "operator;label.team=shop | POST | /api/v1/rules/euro/update-weights | {\"us-east-1\":1} | 403",
                "editor;region=eu-west-1 | PATCH | /api/v1/rules/euro | {\"target_regions\":[\"us-east-1\"]} | 403",
                "editor;region=eu-west-1 | PUT | /api/v1/regions/us-east-1 | {} | 403",
                "editor;region=eu-west-1 | PUT | /api/v1/regions/US-EAST-1 | {} | 403",
                "editor;region=eu-west-1 | PUT | /api/v1/regions/eu-west-1 | {} | 201",
                "operator;region=eu-west-1 | DELETE | /api/v1/regions/US-EAST-1/override | - | 403",
                "operator;region=eu-west-1 | DELETE | /api/v1/rules/shop/overrides/US-East-1 | - | 403",
                "agent;region=eu-west-1 | POST | /api/v1/metrics/record | {\"balancer_id\":\"no-rule\",\"total_requests\":1,\"average_response_time\":1,\"error_rate\":0,\"throughput\":1} | 403",
                "agent;region=eu-west-1 | GET | /api/v1/route/europe | - | 403",
                "viewer;region=eu-west-1 | GET | /api/v1/metrics/no-rule | - | 403",
                "editor;label.team=shop | PUT | /api/v1/regions/eu-west-1 | {} | 403",
                "agent;region=eu-west-1 | POST | /api/v1/health/register | {\"region_id\":\"US-EAST-1\",\"status\":\"healthy\",\"response_time_ms\":1,\"success_rate\":1,\"active_connections\":1} | 403",
                "agent;region=eu-west-1 | POST | /api/v1/health/register | {\"region_id\":\"us-east-1\",\"status\":\"healthy\",\"response_time_ms\":1,\"success_rate\":1,\"active_connections\":1} | 403",
                "admin;region=eu-west-1 | GET | /api/v1/keys | - | 403",
                "viewer;label.team=shop | GET | /api/v1/rules/euro?at=2026-01-01T00:00:00Z | - | 403",
                "viewer;label.team=shop | GET | /api/v1/rules/euro/history | - | 403",
                "viewer;label.team=shop | GET | /api/v1/rules/was-never/history | - | 403",
                "viewer;label.team=shop | GET | /api/v1/rules/shop/history | - | 503",
                "viewer;label.team=shop | GET | /api/v1/diff?from=2026-01-01T00:00:00Z&definition=rule:euro | - | 403",
                "admin | GET | /api/v1/diff?from=2026-01-01T00:00:00Z&definition=key:viewer | - | 422",
                "admin | POST | /api/v1/rollback | {\"to\":\"2026-01-01T00:00:00Z\",\"definitions\":[\"key:viewer\"]} | 422",
                "viewer;label.team=shop | GET | /api/v1/latency-map | - | 403",
                "editor;label.team=shop | POST | /api/v1/rollback | {\"to\":\"2026-01-01T00:00:00Z\",\"definitions\":[\"rule:euro\"]} | 403",
                "editor;label.team=shop | POST | /api/v1/rollback | {\"to\":\"2026-01-01T00:00:00Z\",\"definitions\":[\"rule:was-never\"]} | 403",
                "editor | DELETE | /api/v1/conflicts/key:viewer | - | 403",
                "editor | DELETE | /api/v1/conflicts/key:was-never | - | 403",
                "editor;label.team=shop | POST | /api/v1/apply | {\"owner\":\"ci\",\"definitions\":[],\"planned\":{\"rule:euro\":\"0000000000000000\"}} | 412",
                "editor;label.team=shop | POST | /api/v1/apply | {\"owner\":\"ci\",\"definitions\":[],\"planned\":{\"rule:was-never\":\"0000000000000000\"}} | 412",
                "viewer;label.team=shop | GET | /api/v1/geography/traffic | - | 403",
                "operator | PUT | /api/v1/cluster/drain | {\"owner\":\"ada\",\"reason\":\"disk\"} | 403",
                "viewer;label.team=shop | POST | /api/v1/plan | {\"owner\":\"ci\",\"definitions\":[{\"kind\":\"rule\",\"spec\":{\"rule_id\":\"euro\",\"name\":\"z\",\"algorithm\":\"priority\",\"target_regions\":[\"eu-west-1\"]}}]} | 403",
                "editor;label.team=shop | POST | /api/v1/apply | {\"owner\":\"ci\",\"definitions\":[{\"kind\":\"rule\",\"spec\":{\"rule_id\":\"euro\",\"name\":\"z\",\"algorithm\":\"priority\",\"target_regions\":[\"eu-west-1\"]}}]} | 403",
                "editor;label.team=shop | POST | /api/v1/apply | {\"owner\":\"ci\",\"definitions\":[{\"kind\":\"rule\",\"spec\":{\"rule_id\":\"new\",\"name\":\"z\",\"algorithm\":\"priority\",\"target_regions\":[\"eu-west-1\"],\"labels\":{\"team\":\"shop\"}}}]} | 200",
                "editor;label.team=shop | POST | /api/v1/geographic-rules/optimize | {} | 200",
            })
    void limitsOfAGrantHold(String grant, String method, String path, String body, int status) {
        String name = "limited-" + Integer.toHexString((grant + method + path + body).hashCode());

        Answer answer = call(method, path, make(name, grant), body);

        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    }

    @Test
    void listsShowWhatTheLimitsCover() {
        String key = make("reader", "viewer;label.team=shop");

        Answer answer = call("GET", "/api/v1/rules", key, null);

        assertThat(answer.body().findValuesAsText("rule_id")).containsExactly("shop");
        assertThat(answer.at("/total_rules").asInt()).isEqualTo(1);
    }

    @Test
    void manifestsAreOfWhatTheLimitsCoverAndNeverOfKeys() {
        Answer limited = call("GET", "/api/v1/definitions", make("exporter", "viewer;label.team=euro"), null);

        assertThat(limited.body().findValuesAsText("rule_id")).containsExactly("euro");
        assertThat(limited.at("/total_definitions").asInt()).isEqualTo(1);
        assertThat(call("GET", "/api/v1/definitions", ROOT.text(), null).body().findValuesAsText("kind"))
                .contains("rule")
                .doesNotContain("key");
    }

    @Test
    void applyTakesNoStepWhenOneMayNotBeTaken() {
        String rule = "{\"kind\":\"rule\",\"spec\":{\"rule_id\":\"%s\",\"name\":\"z\",\"algorithm\":\"priority\","
                + "\"target_regions\":[\"eu-west-1\"],\"labels\":{\"team\":\"%s\"}}}";

        Answer answer = call(
                "POST",
                "/api/v1/apply",
                make("applier", "editor;label.team=shop"),
                "{\"owner\":\"ci\",\"definitions\":[" + rule.formatted("a-mine", "shop") + ","
                        + rule.formatted("b-theirs", "euro") + "]}");

        assertThat(answer.status()).as(answer.text()).isEqualTo(403);
        assertThat(call("GET", "/api/v1/rules/a-mine", ROOT.text(), null).status())
                .isEqualTo(404);
    }

    /** Each of them would be refused for a reason that names what the caller may not see. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                a definition of another owner | "owner":"ci","definitions":[{"kind":"rule","spec":{"rule_id":"hidden","name":"z","algorithm":"priority","target_regions":["lab-hidden"],"labels":{"team":"shop"}}}]
                one that is as it is said     | "owner":"secret-owner","definitions":[{"kind":"rule","spec":{"rule_id":"hidden","name":"z","algorithm":"priority","target_regions":["lab-hidden"],"labels":{"team":"hidden"}}}]
                one that breaks its safety    | "owner":"ci","take_over":true,"definitions":[{"kind":"rule","spec":{"rule_id":"hidden","name":"z","algorithm":"priority","target_regions":["eu-west-1"],"safety":{"min_regions":9}}}]
                its removal                   | "owner":"ci","definitions":[{"kind":"rule","spec":{"rule_id":"hidden"},"remove":true}]
                what it would prune           | "owner":"secret-owner","prune":true,"definitions":[]
                a region that it serves from  | "owner":"ci","definitions":[{"kind":"region","spec":{"region_id":"lab-hidden"},"remove":true}]
                """)
    void refusalsOfAPlanSpeakOnlyOfWhatTheLimitsCover(String what, String body) {
        applyHidden();
        String key = make("limited-plan-" + Integer.toHexString(what.hashCode()), "editor;label.team=shop");

        for (String path : List.of("/api/v1/plan", "/api/v1/apply")) {
            Answer refused = call("POST", path, key, "{" + body + "}");

            assertThat(refused.status()).as(refused.text()).isEqualTo(403);
            assertThat(refused.at("/detail").asText())
                    .isEqualTo("definitions: you may not see all of these (expected: only definitions that the"
                            + " limits of a grant cover, see docs/reference/access.md)");
        }
    }

    @Test
    void whoMayNotRemoveARegionIsNotToldWhichRulesItServes() {
        applyHidden();

        Answer refused = call("DELETE", "/api/v1/regions/lab-hidden", make("remover", "editor;label.team=shop"), null);
        Answer told = call("DELETE", "/api/v1/regions/lab-hidden", ROOT.text(), null);

        assertThat(refused.status()).as(refused.text()).isEqualTo(403);
        assertThat(told.at("/detail").asText()).startsWith("region_id: 'lab-hidden' is in use by rule:hidden");
    }

    private void applyHidden() {
        Answer made = call("POST", "/api/v1/apply", ROOT.text(), """
                {"owner": "secret-owner", "definitions": [
                 {"kind": "region", "spec": {"region_id": "lab-hidden", "endpoints": ["http://127.0.0.1:9109"]}},
                 {"kind": "rule", "spec": {"rule_id": "hidden", "name": "z", "algorithm": "priority",
                  "target_regions": ["lab-hidden"], "labels": {"team": "hidden"}}}]}
                """);
        assertThat(made.status()).as(made.text()).isEqualTo(200);
    }

    @Test
    void whoMakesAKeyThatIsThereIsToldToRotateIt() {
        make("twice", "viewer");

        Answer again = call(
                "POST", "/api/v1/keys", ROOT.text(), "{\"name\":\"twice\",\"owner\":\"ada\",\"grants\":[\"viewer\"]}");

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.at("/detail").asText())
                .isEqualTo("key: 'twice' exists (expected: a new name, or POST /api/v1/keys/twice/rotate for a new"
                        + " secret)");
    }

    @Test
    void aBatchAnswersOnlyWhatTheLimitsCover() {
        String key = make("batcher", "agent;label.team=shop");

        Answer answer = call(
                "POST",
                "/api/v1/route:batch",
                key,
                "{\"requests\":[{\"rule_id\":\"shop\"},{\"rule_id\":\"euro\"},{\"rule_id\":\"none\"}]}");

        assertThat(answer.at("/decisions/0/region").asText()).isNotEmpty();
        assertThat(answer.at("/decisions/1/error").asText()).isEqualTo("forbidden");
        assertThat(answer.at("/decisions/2/error").asText()).isEqualTo("forbidden");
    }

    @Test
    void aKeyIsShownOnceAndRotatesWithAnOverlap() {
        String first = make("rotating", "viewer");
        assertThat(call("GET", "/api/v1/keys/rotating", ROOT.text(), null).text())
                .doesNotContain(first)
                .doesNotContain(KeyText.parse(first).hash());

        String second = call("POST", "/api/v1/keys/rotating/rotate", ROOT.text(), "{\"overlap_seconds\":60}")
                .at("/key")
                .asText();

        assertThat(call("GET", "/health", first, null).status()).isEqualTo(200);
        assertThat(call("GET", "/health", second, null).status()).isEqualTo(200);
        later.set(61_000);
        try {
            assertThat(call("GET", "/health", first, null).status()).isEqualTo(401);
            assertThat(call("GET", "/health", second, null).status()).isEqualTo(200);
        } finally {
            later.set(0);
        }
        assertThat(call("DELETE", "/api/v1/keys/rotating", ROOT.text(), null).status())
                .isEqualTo(204);
        assertThat(call("GET", "/health", second, null).status()).isEqualTo(401);
    }

    @Test
    void aKeyThatRotatesItselfBeforeItsUseIsRecordedIsGoodForTheOverlap() {
        String first = make("own", "admin");
        String second =
                call("POST", "/api/v1/keys/own/rotate", first, "{}").at("/key").asText();
        String third =
                call("POST", "/api/v1/keys/own/rotate", second, "{}").at("/key").asText();

        assertThat(call("GET", "/health", second, null).status()).isEqualTo(200);
        assertThat(call("GET", "/health", third, null).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\u202eb", "a\\u2028b", "a\\u200bb", "a\\u2066b", "\\ufeffa"})
    void namesThatLookLikeOthersAreRefused(String owner) {
        Answer answer = call(
                "POST",
                "/api/v1/keys",
                ROOT.text(),
                "{\"name\":\"hidden\",\"owner\":\"" + owner + "\",\"grants\":[\"viewer\"]}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.at("/detail").asText()).contains("without control or invisible characters");
    }

    @Test
    void whoCallsIsTheAuthorOfWhatTheyChange() {
        call("PATCH", "/api/v1/rules/euro", keys.get(Role.EDITOR), "{\"name\":\"changed\"}");

        assertThat(api.edits().done()).last().extracting("author").isEqualTo("key:editor");
    }

    @Test
    void twoCredentialsAreNone() {
        String key = keys.get(Role.ADMIN);

        assertThat(api.get("/health", "X-Api-Key", key).status()).isEqualTo(200);
        assertThat(api.get("/health", "X-Api-Key", key, "Authorization", "Bearer " + key)
                        .status())
                .isEqualTo(401);
        assertThat(api.get("/health", "Authorization", "Basic " + key).status()).isEqualTo(401);
    }

    @Test
    void theTableInTheDocumentationIsWhatHolds() throws IOException {
        StringJoiner head = new StringJoiner(" | ", "| ", " |");
        List.of("method", "path", "needs", "limited by").forEach(head::add);
        for (Role role : Role.values()) {
            head.add(role.wireName());
        }
        StringBuilder table = new StringBuilder("\n" + head + "\n" + "|---".repeat(4 + Role.values().length) + "|\n");
        for (Router.Offered offered : api.server().offered()) {
            StringJoiner line = new StringJoiner(" | ", "| ", " |\n");
            line.add(offered.method())
                    .add("`" + offered.pattern() + "`")
                    .add(offered.permission().wireName())
                    .add(
                            offered.permission() == Permission.PUBLIC
                                    ? ""
                                    : offered.scope()
                                            .name()
                                            .toLowerCase(Locale.ROOT)
                                            .replace('_', ' '));
            for (Role role : Role.values()) {
                line.add(role.has(offered.permission()) ? "yes" : "");
            }
            table.append(line);
        }
        table.append('\n');
        String text = Files.readString(DOCS);
        int from = text.indexOf(FROM) + FROM.length();
        int to = text.indexOf(TO);
        if (Boolean.getBoolean("windrose.golden.write")) {
            Files.writeString(DOCS, text.substring(0, from) + table + text.substring(to));
        } else {
            assertThat(text.substring(from, to)).isEqualTo(table.toString());
        }
    }
}
