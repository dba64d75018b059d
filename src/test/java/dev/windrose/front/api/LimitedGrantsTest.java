package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.front.api.RunningApi.Answer;
import dev.windrose.front.web.Router;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Every call that is offered, by every role with every kind of limit, against definitions inside and outside of it: nothing that
 * is outside is changed, nor are its clients sent elsewhere.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitedGrantsTest {

    /** Limits, and which of the rules are inside of them. */
    private static final Map<String, List<String>> LIMITS = Map.of(
            ";region=eu-west-1", List.of("inside"),
            ";label.team=shop", List.of("inside", "mixed"),
            ";region=eu-west-1;label.team=shop", List.of("inside"),
            ";region=ap-south-1", List.of(),
            ";label.team=nobody", List.of());

    private static final List<String> RULES = List.of("inside", "mixed", "outside");
    private static final List<String> PLACES = List.of("us-east-1", "eu-west-1", "ap-south-1", "europe", "asia");

    private RunningApi api;
    private final Map<DefinitionKey, DefinitionState> base = new TreeMap<>();
    private Map<String, String> routed;

    @BeforeAll
    void start() {
        api = KeyedApi.start();
        // The table has an edit when it is answered.
        api.hearsAfter = Duration.ZERO;
        KeyedApi.put(
                api,
                "regions/us-east-1",
                "{\"endpoints\":[\"http://127.0.0.1:9001\"],\"coordinate\":{\"lat\":39,\"lon\":-77}}");
        KeyedApi.put(
                api,
                "regions/eu-west-1",
                "{\"endpoints\":[\"http://127.0.0.1:9002\"],\"coordinate\":{\"lat\":53,\"lon\":-6}}");
        KeyedApi.put(
                api,
                "regions/ap-south-1",
                "{\"endpoints\":[\"http://127.0.0.1:9003\"],\"coordinate\":{\"lat\":19,\"lon\":73}}");
        KeyedApi.put(api, "rules/inside", KeyedApi.rule("shop", "\"eu-west-1\""));
        KeyedApi.put(api, "rules/mixed", KeyedApi.rule("shop", "\"eu-west-1\",\"us-east-1\""));
        KeyedApi.put(api, "rules/outside", KeyedApi.rule("euro", "\"us-east-1\",\"ap-south-1\""));
        KeyedApi.put(api, "geographic-rules/for-inside", KeyedApi.geographic("eu-west-1", "inside"));
        KeyedApi.put(api, "geographic-rules/for-outside", KeyedApi.geographic("ap-south-1", "outside"));
        KeyedApi.put(api, "geographic-rules/for-all", KeyedApi.geographic("us-east-1", ""));
        api.table().director().catalog().states().forEach(base::put);
        routed = routed();
    }

    @AfterAll
    void stop() {
        api.close();
    }

    private Answer call(String method, String path, String key, String body) {
        boolean bare = method.equals("GET") || method.equals("DELETE") || method.equals("OPTIONS");
        return api.call(method, path, bare ? null : body, "Authorization", "Bearer " + key);
    }

    /** Where clients of each place are sent, by rule. */
    private Map<String, String> routed() {
        Map<String, String> routed = new TreeMap<>();
        for (String rule : RULES) {
            for (String place : PLACES) {
                Answer answer = call("GET", "/api/v1/route/" + place + "?rule_id=" + rule, KeyedApi.ROOT.text(), null);
                routed.put(
                        rule + " " + place,
                        answer.status() + " " + answer.at("/optimal_region").asText() + " "
                                + answer.at("/endpoint").asText());
            }
        }
        return routed;
    }

    @Test
    void nothingOutsideOfTheLimitsMoves() {
        int calls = 0;
        int done = 0;
        int keys = 0;
        for (Map.Entry<String, List<String>> limit : LIMITS.entrySet()) {
            for (Role role : Role.values()) {
                String key = KeyedApi.key(api, "limited-" + keys++, role.wireName() + limit.getKey());
                for (Router.Offered offered : api.server().offered()) {
                    if (offered.method().equals("GET") || offered.method().equals("OPTIONS")) {
                        continue;
                    }
                    for (String path : paths(offered.pattern())) {
                        for (String body : bodies(offered)) {
                            calls++;
                            Answer answer = call(offered.method(), path, key, body);
                            assertThat(answer.status()).as(answer.text()).isNotEqualTo(500);
                            if (!changed().isEmpty()) {
                                done++;
                                inside(limit, role, offered.method() + " " + path + " " + body, answer);
                                restore();
                            }
                        }
                    }
                }
            }
        }
        System.out.printf("limited grants: %d calls, of which %d changed something, all of it inside%n", calls, done);
        assertThat(calls).isGreaterThan(5000);
        // The limits let through what is inside.
        assertThat(done).isGreaterThan(100);
    }

    /** What is not as it was, keys left out. */
    private Map<DefinitionKey, DefinitionState> changed() {
        Map<DefinitionKey, DefinitionState> changed = new TreeMap<>();
        for (DefinitionKey key : api.edits().keys()) {
            DefinitionState now = api.edits().state(key).withoutRequests();
            if (key.kind() != DefinitionKey.Kind.KEY && !now.equals(base.getOrDefault(key, DefinitionState.EMPTY))) {
                changed.put(key, now);
            }
        }
        return changed;
    }

    private void inside(Map.Entry<String, List<String>> limit, Role role, String call, Answer answer) {
        String what = role.wireName() + limit.getKey() + ": " + call + ": " + answer.text();
        boolean label = limit.getKey().contains("label.");
        boolean operates = !role.has(dev.windrose.model.Permission.EDIT);
        for (DefinitionKey key : changed().keySet()) {
            switch (key.kind()) {
                case RULE ->
                    assertThat(key.name())
                            .as(what)
                            // Of a rule that is partly inside, the target that is may be operated.
                            .isIn(
                                    limit.getKey().contains("region=eu-west-1")
                                                    && (call.contains("/overrides/eu-west-1")
                                                            || call.contains("/failback/eu-west-1"))
                                            ? List.of("inside", "mixed")
                                            : withNew(limit.getValue()));
                case GEOGRAPHIC_RULE -> {
                    assertThat(key.name()).as(what).isIn("for-inside", "new");
                    // One that is for all would move rules that are yet to come.
                    DefinitionState state = changed().get(key);
                    if (state.exists()) {
                        assertThat(state.text(Fields.RULE_ID)).as(what).isIn(limit.getValue());
                    }
                }
                case REGION -> {
                    assertThat(label).as(what).isFalse();
                    assertThat(limit.getKey()).as(what).isEqualTo(";region=" + key.name());
                }
                case KEY -> throw new AssertionError(what);
            }
        }
        if (operates || call.contains("override") || call.contains("evacuation") || call.contains("failback")) {
            // Whoever operates a region may send its clients away; where they go then is not theirs to say.
            return;
        }
        Map<String, String> now = routed();
        for (String rule : RULES) {
            if (!limit.getValue().contains(rule)) {
                for (String place : PLACES) {
                    String which = rule + " " + place;
                    assertThat(now.get(which)).as(what + ": " + which).isEqualTo(routed.get(which));
                }
            }
        }
    }

    private static List<String> withNew(List<String> rules) {
        List<String> all = new ArrayList<>(rules);
        all.add("new");
        return all;
    }

    private void restore() {
        Map<DefinitionKey, DefinitionState> again = new LinkedHashMap<>();
        changed().keySet().forEach(key -> again.put(key, base.getOrDefault(key, DefinitionState.EMPTY)));
        api.table().startOver(api.edits().restore(again));
    }

    /** The path with each name in the places of its variables. */
    private static List<String> paths(String pattern) {
        List<String> paths = new ArrayList<>(List.of(pattern));
        for (int at = 0; at < 2; at++) {
            List<String> next = new ArrayList<>();
            for (String path : paths) {
                int star = path.indexOf('*');
                if (star < 0) {
                    next.add(path);
                    continue;
                }
                boolean region = path.substring(0, star).matches(".*/(regions|overrides|failback)/");
                boolean geographic = path.substring(0, star).endsWith("/geographic-rules/");
                List<String> names = region
                        ? List.of("us-east-1", "eu-west-1", "nowhere")
                        : geographic
                                ? List.of("for-inside", "for-outside", "for-all", "new")
                                : List.of("inside", "mixed", "outside", "new");
                for (String name : new TreeSet<>(names)) {
                    next.add(path.substring(0, star) + name + path.substring(star + 1));
                }
            }
            paths = next;
        }
        return paths;
    }

    private static List<String> bodies(Router.Offered offered) {
        String pattern = offered.pattern();
        if (offered.method().equals("DELETE")) {
            return List.of("");
        }
        List<String> bodies = new ArrayList<>();
        if (pattern.startsWith("/api/v1/geographic-rules")) {
            for (String target : List.of("eu-west-1", "us-east-1")) {
                for (String rule : List.of("", "inside", "mixed", "outside", "never")) {
                    bodies.add(KeyedApi.geographic(target, rule));
                    bodies.add(KeyedApi.geographic(target, rule).replace("{", "{\"rule_id\":\"new\","));
                }
            }
            bodies.add("{\"status\":\"paused\"}");
            bodies.add("{\"dry_run\":false}");
        } else if (pattern.contains("override")) {
            bodies.add("{\"status\":\"draining\",\"owner\":\"a\",\"reason\":\"b\",\"for_seconds\":60}");
            bodies.add("{\"status\":\"degraded\",\"owner\":\"a\",\"reason\":\"b\",\"for_seconds\":60}");
        } else if (pattern.contains("evacuation") || pattern.contains("failback")) {
            bodies.add("{\"owner\":\"a\",\"reason\":\"b\"}");
        } else if (pattern.endsWith("update-weights")) {
            bodies.add("{\"eu-west-1\":3}");
            bodies.add("{\"eu-west-1\":1,\"us-east-1\":3}");
            bodies.add("{\"us-east-1\":1,\"ap-south-1\":3}");
        } else if (pattern.startsWith("/api/v1/rules")) {
            for (String team : List.of("shop", "euro")) {
                for (String targets : List.of("\"eu-west-1\"", "\"us-east-1\"", "\"eu-west-1\",\"us-east-1\"")) {
                    bodies.add(KeyedApi.rule(team, targets));
                    bodies.add(KeyedApi.rule(team, targets).replace("{\"name\"", "{\"rule_id\":\"new\",\"name\""));
                    bodies.add(KeyedApi.rule(team, targets)
                            .replace("{\"name\"", "{\"fallback\":\"region:ap-south-1\",\"name\""));
                }
            }
            bodies.add("{\"status\":\"paused\"}");
            bodies.add("{\"name\":\"other\"}");
            bodies.add("{\"labels\":{\"team\":\"shop\"}}");
        } else if (pattern.startsWith("/api/v1/regions")) {
            bodies.add("{\"endpoints\":[\"http://127.0.0.1:9999\"]}");
            bodies.add("{\"coordinate\":{\"lat\":1,\"lon\":1}}");
            bodies.add("{\"areas\":[\"asia\"]}");
            bodies.add("{\"capacity\":1}");
            bodies.add(
                    "{\"endpoints\":[\"http://127.0.0.1:9002\"],\"coordinate\":{\"lat\":53,\"lon\":-6},\"capacity\":3}");
        } else if (pattern.equals("/api/v1/apply")) {
            for (String spec : List.of(
                    "{\"kind\":\"geographic_rule\",\"spec\":" + named("for-all", KeyedApi.geographic("eu-west-1", ""))
                            + "}",
                    "{\"kind\":\"geographic_rule\",\"spec\":"
                            + named("new", KeyedApi.geographic("eu-west-1", "outside")) + "}",
                    "{\"kind\":\"geographic_rule\",\"spec\":" + named("new", KeyedApi.geographic("eu-west-1", "mixed"))
                            + "}",
                    "{\"kind\":\"geographic_rule\",\"spec\":" + named("new", KeyedApi.geographic("eu-west-1", "inside"))
                            + "}",
                    "{\"kind\":\"geographic_rule\",\"spec\":{\"rule_id\":\"for-outside\"},\"remove\":true}",
                    "{\"kind\":\"rule\",\"spec\":" + named("inside", KeyedApi.rule("shop", "\"eu-west-1\"")) + "}",
                    "{\"kind\":\"rule\",\"spec\":" + named("mixed", KeyedApi.rule("shop", "\"eu-west-1\"")) + "}",
                    "{\"kind\":\"rule\",\"spec\":{\"rule_id\":\"outside\"},\"remove\":true}",
                    "{\"kind\":\"region\",\"spec\":{\"region_id\":\"eu-west-1\",\"endpoints\":[\"http://127.0.0.1:9998\"]}}",
                    "{\"kind\":\"region\",\"spec\":{\"region_id\":\"us-east-1\",\"endpoints\":[]}}")) {
                bodies.add("{\"owner\":\"ci\",\"definitions\":[" + spec + "]}");
            }
            bodies.add("{\"owner\":\"ci\",\"prune\":true,\"definitions\":[]}");
        } else if (pattern.equals("/api/v1/keys")) {
            bodies.add("{\"name\":\"new\",\"owner\":\"a\",\"grants\":[\"admin\"]}");
        } else if (pattern.equals("/api/v1/rollback")) {
            bodies.add("{\"to\":\"2026-01-01T00:00:00Z\"}");
        } else {
            bodies.add("{}");
            bodies.add("{\"owner\":\"a\",\"reason\":\"b\"}");
        }
        return bodies;
    }

    private static String named(String name, String spec) {
        return spec.replaceFirst("\\{", "{\"rule_id\":\"" + name + "\",");
    }
}
