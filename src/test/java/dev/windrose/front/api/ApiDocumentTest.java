package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.windrose.document.ApiDocument;
import dev.windrose.document.Schema;
import dev.windrose.front.api.RunningApi.Answer;
import dev.windrose.model.Permission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The document, the routes, and what the routes accept and answer say the same. */
class ApiDocumentTest {

    private static final RunningApi API = RunningApi.start();
    private static final ObjectNode DOCUMENT = ApiDocument.whole();
    private static final Set<String> VERBS = Set.of("get", "post", "put", "patch", "delete", "options");

    /** One call of the document. */
    private record Operation(String method, String path, JsonNode said) {

        String name() {
            return method + " " + path;
        }

        /** The path with the names that the set-up made. */
        String asked() {
            return path.replace("/rules/{rule_id}", "/rules/web")
                    .replace("/geographic-rules/{rule_id}", "/geographic-rules/near")
                    .replace("/metrics/{rule_id}", "/metrics/web")
                    .replace("{region_id}", "us-east-1")
                    .replace("{address}", "127.0.0.1:1")
                    .replace("{place}", "europe")
                    .replace("/keys/{name}", "/keys/ci")
                    .replace("{optimization_id}", "opt-000000000000")
                    .replace("{definition}", "rule:web")
                    .replace("{logger}", "dev.windrose.front")
                    .replace("{client_region}", "europe?rule_id=web&explain=true")
                    .replaceAll("/diff$", "/diff?from=2026-01-01T00:00:00Z")
                    .replaceAll("/route$", "/route?rule_id=web&lat=50&lon=8&explain=true");
        }

        JsonNode body() {
            return said.at("/requestBody/content/application~1json");
        }

        JsonNode bodies() {
            return said.at("/requestBody/content");
        }

        /** The forms of bodies that it takes; one empty text when it takes none. */
        List<String> bodyTypes() {
            return bodies().isMissingNode()
                    ? List.of("")
                    : bodies().properties().stream().map(Map.Entry::getKey).toList();
        }
    }

    private static List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        DOCUMENT.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(verb -> {
                    if (VERBS.contains(verb.getKey())) {
                        operations.add(new Operation(verb.getKey().toUpperCase(), path.getKey(), verb.getValue()));
                    }
                }));
        return operations;
    }

    @AfterAll
    static void stop() {
        API.close();
    }

    @BeforeEach
    void setUp() {
        API.hearsAfter = Duration.ZERO;
        API.put("/api/v1/regions/us-east-1", "{\"endpoints\":[\"http://127.0.0.1:9101\"],\"capacity\":1000}");
        API.put("/api/v1/regions/eu-west-1", "{\"endpoints\":[\"http://127.0.0.1:9102\"]}");
        API.put("/api/v1/rules/web", RunningApi.RULE);
        API.post("/api/v1/keys", "{\"name\":\"ci\",\"owner\":\"ada\",\"grants\":[\"viewer\"]}");
        API.put(
                "/api/v1/geographic-rules/near",
                "{\"source_regions\":[\"europe\"],\"target_regions\":[\"eu-west-1\"],\"applies_to\":\"web\"}");
    }

    @Test
    void everyRouteIsInTheDocumentAndNothingElse() {
        Set<String> documented = new TreeSet<>();
        operations()
                .forEach(
                        each -> documented.add(each.method() + " " + each.path().replaceAll("\\{[a-z_]+}", "*")));

        assertThat(documented)
                .isEqualTo(API.server().offered().stream()
                        .map(offered -> offered.method() + " " + offered.pattern())
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void whatNeedsNoCredentialsIsWhatTheDocumentSaysNeedsNone() {
        Set<String> open = API.server().offered().stream()
                .filter(offered -> offered.permission() == Permission.PUBLIC)
                .map(offered -> offered.method() + " " + offered.pattern())
                .collect(Collectors.toSet());

        assertThat(DOCUMENT.path("security")).isNotEmpty();
        operations()
                .forEach(each ->
                        assertThat(each.said().has("security")).as(each.name()).isEqualTo(open.contains(each.name())));
    }

    @Test
    void theDocumentIsServedWithItsPageAndThePageFetchesNothingElse() {
        Answer served = API.get("/api/v1/openapi.json");
        assertThat(served.at("/openapi").asText()).isEqualTo("3.1.0");
        assertThat(served.at("/info/x-windrose-version").asText()).isEqualTo("1.2.3");
        assertThat(served.body().get("paths")).isEqualTo(DOCUMENT.get("paths"));

        Answer page = API.get("/api/v1/docs");
        assertThat(page.header("Content-Type")).startsWith("text/html");
        assertThat(page.text())
                .contains("fetch(\"openapi.json\")")
                .doesNotContain("http:")
                .doesNotContain("https:");
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryCallIsNamedOnce() {
        assertThat(emptyValues(DOCUMENT, "")).isEmpty();
        DOCUMENT.findValuesAsText("$ref")
                .forEach(reference -> assertThat(
                                DOCUMENT.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse());
        assertThat(operations().stream()
                        .map(each -> each.said().path("operationId").asText()))
                .doesNotHaveDuplicates()
                .doesNotContain("");
        operations().forEach(each -> {
            assertThat(each.said().path("summary").asText()).as(each.name()).isNotEmpty();
            each.bodies()
                    .properties()
                    .forEach(body -> assertThat(body.getValue().has("example"))
                            .as(each.name() + " " + body.getKey())
                            .isTrue());
        });
    }

    /** A comma in a text without quotes makes a key without a value out of its end. */
    private static List<String> emptyValues(JsonNode node, String at) {
        List<String> empty = new ArrayList<>();
        node.properties().forEach(each -> {
            if (each.getValue().isNull()) {
                empty.add(at + "/" + each.getKey());
            }
            empty.addAll(emptyValues(each.getValue(), at + "/" + each.getKey()));
        });
        return empty;
    }

    @Test
    void examplesFitTheirSchemasAndAreAcceptedAndAnsweredAsTheDocumentSays() {
        for (Operation each : operations()) {
            for (String bodyType : each.bodyTypes()) {
                setUp();
                API.call(
                        "PUT",
                        "/api/v1/latency-map",
                        "from,to,rtt_ms\neurope,eu-west-1,18\n",
                        "Content-Type",
                        "text/csv");
                if (each.said().path("operationId").asText().equals("deleteRegion")) {
                    // A region in use stays.
                    API.call("DELETE", "/api/v1/rules/web", null);
                }
                holds(each, bodyType);
            }
        }
    }

    private static void holds(Operation each, String bodyType) {
        JsonNode body = each.bodies().path(bodyType);
        if (!body.isMissingNode()) {
            assertThat(new Schema(DOCUMENT, body.get("schema")).problems(body.get("example")))
                    .as(each.name())
                    .isEmpty();
        }
        JsonNode example = body.path("example");
        Answer answer = asked(
                each,
                body.isMissingNode() ? null : example.isTextual() ? example.asText() : example.toString(),
                "application/json",
                bodyType);
        JsonNode said = Schema.resolved(DOCUMENT, each.said().get("responses")).path(Integer.toString(answer.status()));
        assertThat(said.isMissingNode())
                .as(each.name() + " answered " + answer.status() + " " + answer.text())
                .isFalse();
        if (answer.status() < 400) {
            hasForm(each, answer, Schema.resolved(DOCUMENT, said));
        } else {
            assertThat(new Schema(DOCUMENT, DOCUMENT.at("/components/schemas/Problem")).problems(answer.body()))
                    .as(each.name())
                    .isEmpty();
            assertThat(REFUSED_AS_SET_UP)
                    .as(answer.text())
                    .contains(each.said().path("operationId").asText());
        }
    }

    /** The type, the headers and the fields that the document names. */
    private static void hasForm(Operation each, Answer answer, JsonNode said) {
        String type = mediaType(answer);
        assertThat(said.path("content").has(type) || (type.isEmpty() && !said.has("content")))
                .as(each.name() + " answered with '" + type + "'")
                .isTrue();
        JsonNode schema = said.path("content").path(type).path("schema");
        if (type.equals("application/json")) {
            assertThat(new Schema(DOCUMENT, schema).problems(answer.body()))
                    .as(each.name() + " " + answer.text())
                    .isEmpty();
        }
        said.path("headers")
                .properties()
                .forEach(header -> assertThat(new Schema(
                                        DOCUMENT,
                                        Schema.resolved(DOCUMENT, header.getValue())
                                                .get("schema"))
                                .problems(TextNode.valueOf(answer.header(header.getKey()))))
                        .as(each.name() + " " + header.getKey())
                        .isEmpty());
    }

    private static String mediaType(Answer answer) {
        return answer.header("Content-Type").replaceAll(";.*", "");
    }

    @Test
    void everyFormOfAnAnswerCanBeAskedFor() {
        operations().stream()
                .filter(each -> each.method().equals("GET"))
                .forEach(each -> Schema.resolved(DOCUMENT, each.said().at("/responses/200"))
                        .path("content")
                        .properties()
                        .forEach(form -> {
                            Answer answer = asked(each, null, form.getKey(), "");
                            if (answer.status() == 200) {
                                assertThat(mediaType(answer)).as(each.name()).isEqualTo(form.getKey());
                            }
                        }));
    }

    /** What cannot be done to the one region that is there, which has no journal. */
    private static final Set<String> REFUSED_AS_SET_UP = Set.of(
            "getEvacuation",
            "evictRegion",
            "createRule",
            "createKey",
            "createGeographicRule",
            "ruleHistory",
            "geographicRuleHistory",
            "regionHistory",
            "diff",
            "rollback",
            "cluster",
            "shards",
            "leave",
            "down",
            "undoOptimization");

    private static Answer asked(Operation each, @Nullable String body, String accept, String bodyType) {
        return bodyType.isEmpty()
                ? API.call(each.method(), each.asked(), body, "Accept", accept)
                : API.call(each.method(), each.asked(), body, "Accept", accept, "Content-Type", bodyType);
    }

    private static Answer asked(Operation each, JsonNode body) {
        return asked(each, body.toString(), "application/json", "application/json");
    }

    @Test
    void boundsOfWhatBrowsersReportAreThoseOfTheCode() {
        Operation report = operations().stream()
                .filter(each -> each.name().equals("POST /api/v1/beacon"))
                .findFirst()
                .orElseThrow();
        JsonNode example = report.body().at("/example/samples/0");
        properties(report.body().at("/schema/properties/samples/items")).forEach((name, schema) -> {
            outside(schema)
                    .forEach(wrong -> assertThat(reported(report, example, name, wrong))
                            .as(name + " = " + wrong)
                            .isEqualTo(422));
            inside(schema)
                    .forEach(right -> assertThat(reported(report, example, name, right))
                            .as(name + " = " + right)
                            .isEqualTo(202));
        });
    }

    private static int reported(Operation report, JsonNode example, String name, JsonNode value) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode sample = body.putArray("samples").addObject();
        sample.setAll((ObjectNode) example);
        sample.set(name, value);
        return asked(report, body).status();
    }

    /** Of a patch takes null what the document says may be null, and nothing else. */
    @Test
    void whatAPatchMayRemoveIsWhatTheDocumentSaysMayBeNull() {
        int tried = 0;
        for (Operation each : operations()) {
            if (!each.method().equals("PATCH")) {
                continue;
            }
            for (Map.Entry<String, JsonNode> field :
                    properties(each.body().get("schema")).entrySet()) {
                tried += removed(each, field.getKey(), NullNode.instance);
                for (String inner : properties(field.getValue()).keySet()) {
                    ObjectNode object = JsonNodeFactory.instance.objectNode();
                    tried += removed(each, field.getKey(), object.putNull(inner));
                }
            }
        }
        assertThat(tried).isGreaterThan(60);
    }

    private int removed(Operation each, String field, JsonNode value) {
        ObjectNode body = each.body().get("example").deepCopy();
        body.set(field, value);
        boolean fits =
                new Schema(DOCUMENT, each.body().get("schema")).problems(body).isEmpty();
        setUp();

        Answer answer = asked(each, body);

        // A name says which it is, and nothing is to be removed of it. What is needed elsewhere is refused with 409.
        if (!field.endsWith("_id")) {
            assertThat(answer.status() != 422)
                    .as(each.name() + " " + body + " " + answer.text())
                    .isEqualTo(fits);
        }
        return 1;
    }

    /** Every bound that the document names is one that the code holds: right inside it is accepted, right outside refused. */
    @Test
    void boundsAreThoseOfTheCode() {
        List<String> broken = new ArrayList<>();
        int tried = 0;
        for (Operation each : operations()) {
            JsonNode body = each.body();
            if (!(body.path("example") instanceof ObjectNode example) || WATCHED_ELSEWHERE.contains(each.path())) {
                continue;
            }
            for (Map.Entry<String, JsonNode> property :
                    properties(body.get("schema")).entrySet()) {
                for (JsonNode wrong : outside(property.getValue())) {
                    tried++;
                    Answer answer = asked(each, example.deepCopy().set(property.getKey(), wrong));
                    if (answer.status() != 400 && answer.status() != 422) {
                        broken.add(each.name() + " took " + property.getKey() + " = " + shortened(wrong));
                        setUp();
                    }
                }
                for (JsonNode right : inside(property.getValue())) {
                    tried++;
                    Answer answer = asked(each, example.deepCopy().set(property.getKey(), right));
                    if (answer.status() == 422 && answer.at("/detail").asText().startsWith(property.getKey())) {
                        broken.add(each.name() + " refused " + shortened(right) + ": " + answer.text());
                    }
                    if (answer.status() < 400) {
                        setUp();
                    }
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(tried).isGreaterThan(200);
    }

    /** Their bounds are settings of the node, or of texts that name what must exist. */
    private static final Set<String> WATCHED_ELSEWHERE = Set.of("/api/v1/route:batch", "/api/v1/outcomes");

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() > 80 ? text.substring(0, 80) : text;
    }

    private static Map<String, JsonNode> properties(JsonNode unresolved) {
        Map<String, JsonNode> properties = new LinkedHashMap<>();
        JsonNode schema = Schema.resolved(DOCUMENT, unresolved);
        schema.path("allOf").forEach(part -> properties.putAll(properties(part)));
        schema.path("properties")
                .properties()
                .forEach(each -> properties.put(each.getKey(), Schema.resolved(DOCUMENT, each.getValue())));
        return properties;
    }

    /** Values right outside of each bound of a schema. */
    private static List<JsonNode> outside(JsonNode schema) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        List<JsonNode> values = new ArrayList<>();
        double step = "integer".equals(type(schema)) ? 1 : 0.0001;
        if (schema.has("minimum")) {
            values.add(number(schema, schema.get("minimum").doubleValue() - step));
        }
        if (schema.has("maximum")) {
            double most = schema.get("maximum").doubleValue();
            values.add(number(schema, most + Math.max(step, Math.ulp(most))));
        }
        if (schema.has("maxLength")) {
            values.add(make.textNode(long_(schema, schema.get("maxLength").asInt() + 1)));
        }
        if (schema.path("minLength").asInt() > 0) {
            values.add(make.textNode(""));
        }
        if (schema.has("enum")) {
            values.add(make.textNode("nothing-of-it"));
        }
        if (schema.has("pattern")) {
            values.add(make.textNode("not so\u0001"));
        }
        if (schema.has("maxItems")) {
            values.add(items(schema.get("maxItems").asInt() + 1));
        }
        if (schema.path("minItems").asInt() > 0) {
            values.add(make.arrayNode());
        }
        values.add(
                type(schema).equals("object")
                        ? make.arrayNode()
                        : make.objectNode().put("of", "another kind"));
        if (schema.path("additionalProperties").isBoolean()) {
            values.add(make.objectNode().put("nobody-knows", 1));
        }
        for (Map.Entry<String, JsonNode> inner : schema.path("properties").properties()) {
            for (JsonNode wrong : outside(Schema.resolved(DOCUMENT, inner.getValue()))) {
                values.add(make.objectNode().set(inner.getKey(), wrong));
            }
        }
        return values;
    }

    /** Values right inside of each bound of a schema, where one property's bound does not hang on another's. */
    private static List<JsonNode> inside(JsonNode schema) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        List<JsonNode> values = new ArrayList<>();
        if (schema.path("description").asText().matches("(?i).*(at most|at least|less than|only).*")) {
            return values;
        }
        if (schema.has("minimum")) {
            values.add(number(schema, schema.get("minimum").doubleValue()));
        }
        if (schema.has("maximum")) {
            values.add(number(schema, schema.get("maximum").doubleValue()));
        }
        schema.path("enum").forEach(value -> {
            if (!value.isNull()) {
                values.add(value);
            }
        });
        if (schema.has("maxLength")
                && !schema.has("pattern")
                && !schema.path("description").asText().contains("UTC")) {
            values.add(make.textNode("x".repeat(schema.get("maxLength").asInt())));
        }
        return values;
    }

    /** Its type, whether or not it may be null as well. */
    private static String type(JsonNode schema) {
        JsonNode type = schema.path("type");
        return (type.isArray() ? type.path(0) : type).asText();
    }

    private static JsonNode number(JsonNode schema, double value) {
        return "integer".equals(type(schema))
                ? JsonNodeFactory.instance.numberNode((long) value)
                : JsonNodeFactory.instance.numberNode(value);
    }

    private static String long_(JsonNode schema, int length) {
        return (schema.path("pattern").asText().startsWith("^/") ? "/" : "x") + "x".repeat(length - 1);
    }

    private static ArrayNode items(int count) {
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < count; i++) {
            items.add("us-east-" + i);
        }
        return items;
    }
}
