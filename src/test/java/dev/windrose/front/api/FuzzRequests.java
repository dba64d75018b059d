package dev.windrose.front.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.document.Schema;
import dev.windrose.front.web.Json;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Requests for the operations of the document: as it says, and with one to a few things wrong. */
final class FuzzRequests {

    private static final Set<String> VERBS = Set.of("get", "post", "put", "patch", "delete", "options");

    private static final List<String> OTHER_VERBS =
            List.of("HEAD", "OPTIONS", "GET", "PUT", "POST", "PATCH", "DELETE", "TRACE", "get", "BREW", "PROPFIND");

    private static final List<String> TYPES = List.of(
            "text/xml",
            "text/plain",
            "text/csv",
            "application/JSON",
            "application/json;charset=utf-16",
            "application/json; charset=nothing-of-it",
            "application/problem+json",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded",
            "*/*",
            "rubbish",
            "");

    private static final List<String> SEGMENTS = List.of(
            "%2e%2e",
            "..",
            ".",
            "",
            "%00",
            "%0a",
            "%ff",
            "%c0%af",
            "%ed%a0%80",
            "%F0%9F%98%80",
            "%2F",
            "%2f%2f",
            "%25zz",
            "%",
            "%z",
            "%u0041",
            "+",
            "*",
            ";a=b",
            "web;x",
            "@53:13",
            "203.0.113.0%2F24",
            "~",
            "a".repeat(63),
            "a".repeat(64),
            "a".repeat(1000),
            "a".repeat(3000),
            "\u00c3\u00a9",
            "WEB",
            "create",
            "optimize",
            "matrix",
            "[",
            "|",
            "\"",
            "a b");

    private static final List<String> QUERIES = List.of(
            "=",
            "&&",
            "a",
            "=x",
            "%",
            "%zz",
            "a=%ff",
            "a=%ed%a0%80",
            "a=b=c",
            "+",
            "rule_id",
            "rule_id=",
            "rule_id[]=web",
            "rule_id=web&rule_id=web",
            "limit=1&limit=1",
            "limit=-1",
            "limit=1e3",
            "limit=99999999999999999999",
            "offset=2147483648",
            "explain=TRUE",
            "a=" + "b".repeat(1500),
            "a".repeat(5000),
            "unknown=1&".repeat(100),
            "at=",
            "?",
            "#",
            "lat=NaN&lon=0",
            "lat=1e999&lon=-0",
            "client_ip=::ffff:1.2.3.4",
            "client_ip=1.2.3",
            "\u00c3\u00a9=1",
            "a=%00",
            "a=\"",
            "[]",
            "{}");

    private static final List<String> HEADERS = List.of(
            "If-Match: *",
            "If-Match: \"0123456789abcdef\"",
            "If-Match: W/\"0123456789abcdef\"",
            "If-Match: rubbish, \"",
            "If-None-Match: *",
            "Accept: */*;q=nothing",
            "Accept: text/csv",
            "Accept: ,,,",
            "Accept-Encoding: gzip, nothing;q=0",
            "Accept-Charset: utf-16",
            "X-Windrose-Author: " + "a".repeat(65),
            "X-Windrose-Author: \u00c3\u0084\u00f0\u009f\u0098\u0080",
            "X-Windrose-Reason: " + "r".repeat(501),
            "X-Windrose-Reason: \u0085\u00ff",
            "X-Windrose-Reason: half \u00ed\u00a0\u0080",
            "X-Windrose-Reason: why not",
            "X-Request-Id: " + "i".repeat(65),
            "X-Request-Id: ../..",
            "X-Forwarded-For: ,,fe80::1%eth0, 1.2.3.4:99, unknown",
            "X-Forwarded-For: " + "10.9.0.1,".repeat(300) + "203.0.113.7",
            "Authorization: Bearer",
            "Authorization: Basic =====",
            "X-Api-Key: \u0001",
            "Cookie: ;;;=",
            "Range: bytes=0-0,-1",
            "Expect: 100-continue",
            "Expect: nothing",
            "Upgrade: websocket",
            "Content-Encoding: gzip",
            "Content-Length: 7",
            "X-Long: " + "l".repeat(9000),
            "Origin: null",
            "Date: rubbish",
            "Host: y");

    /** One call of the document. */
    record Operation(String method, String path, JsonNode said, List<JsonNode> parameters) {

        String name() {
            return method + " " + path;
        }
    }

    /**
     * @param plain whether method, path and query are as the document says, so that the answer must be as well
     * @param asked method and target, to be told
     */
    record Fuzzed(Operation operation, String method, boolean plain, String asked, byte[] bytes) {}

    private final JsonNode document;
    private final List<Operation> operations = new ArrayList<>();
    private final Random random;
    private final FuzzValues values;
    private final FuzzMutations mutations;

    FuzzRequests(JsonNode document, long seed) {
        this.document = document;
        this.random = new Random(seed);
        this.values = new FuzzValues(document, random);
        this.mutations = new FuzzMutations(random, values);
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(verb -> {
                    if (VERBS.contains(verb.getKey())) {
                        List<JsonNode> parameters = new ArrayList<>();
                        path.getValue()
                                .path("parameters")
                                .forEach(each -> parameters.add(Schema.resolved(document, each)));
                        verb.getValue()
                                .path("parameters")
                                .forEach(each -> parameters.add(Schema.resolved(document, each)));
                        operations.add(new Operation(
                                verb.getKey().toUpperCase(java.util.Locale.ROOT),
                                path.getKey(),
                                verb.getValue(),
                                parameters));
                    }
                }));
    }

    int operations() {
        return operations.size();
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** The request of that number; every operation has its turn. */
    Fuzzed next(int number) {
        Operation operation = operations.get(number % operations.size());
        boolean wrongMethod = chance(4);
        boolean wrongPath = chance(8);
        boolean wrongQuery = chance(12);
        String method = wrongMethod ? values.one(OTHER_VERBS) : operation.method();
        String path = path(operation, wrongPath);
        String query = query(operation, wrongQuery);
        String target = query.isEmpty() ? path : path + "?" + query;
        List<String> headers = headers(operation);
        byte[] body = body(operation, headers);
        boolean chunked = body.length > 0 && chance(5);
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
        headers.forEach(header -> head.append(header).append("\r\n"));
        head.append(chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: " + body.length + "\r\n\r\n");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        if (chunked) {
            bytes.writeBytes((Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            bytes.writeBytes(body);
            bytes.writeBytes("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } else {
            bytes.writeBytes(body);
        }
        boolean plain = !wrongMethod && !wrongPath && !wrongQuery;
        return new Fuzzed(operation, method, plain, method + " " + target, bytes.toByteArray());
    }

    private String path(Operation operation, boolean wrong) {
        String path = operation.path();
        for (JsonNode parameter : operation.parameters()) {
            if (parameter.path("in").asText().equals("path")) {
                String value = named(operation, parameter);
                path = path.replace(
                        "{" + parameter.path("name").asText() + "}",
                        wrong && chance(50) ? values.one(SEGMENTS) : encoded(value));
            }
        }
        if (!wrong) {
            return path;
        }
        int slash = path.lastIndexOf('/', random.nextInt(path.length() + 1));
        return switch (random.nextInt(5)) {
            case 0 -> path.substring(0, slash + 1) + values.one(SEGMENTS) + path.substring(slash + 1);
            case 1 -> path.substring(0, slash + 1) + values.one(SEGMENTS) + path.substring(slash);
            case 2 -> "http://other.example" + path;
            case 3 -> path.replaceFirst("[a-z]", "%6" + random.nextInt(10));
            default -> path + "/";
        };
    }

    /** A name for the path, often one that is there. */
    private String named(Operation operation, JsonNode parameter) {
        String there = switch (parameter.path("name").asText()) {
            case "rule_id" -> operation.path().startsWith("/api/v1/geographic-rules") ? "near" : "web";
            case "region_id" -> values.one(List.of("us-east-1", "eu-west-1"));
            case "name" -> "ci";
            default -> "europe";
        };
        return chance(60) ? there : values.of(parameter.get("schema")).asText();
    }

    private String query(Operation operation, boolean wrong) {
        List<String> pairs = new ArrayList<>();
        for (JsonNode parameter : operation.parameters()) {
            boolean required = parameter.path("required").asBoolean();
            if (parameter.path("in").asText().equals("query") && (required ? chance(95) : chance(25))) {
                String value = wrong && chance(50)
                        ? values.one(FuzzMutations.NASTY_TEXTS)
                        : required && chance(60)
                                ? "web"
                                : values.of(parameter.get("schema")).asText();
                pairs.add(parameter.path("name").asText() + "=" + encoded(value));
            }
        }
        if (wrong) {
            pairs.add(random.nextInt(pairs.size() + 1), values.one(QUERIES));
        }
        return String.join("&", pairs);
    }

    /** Half characters become question marks. */
    private static String encoded(String value) {
        String shortened = value.length() > 1000 ? value.substring(0, 1000) : value;
        return URLEncoder.encode(shortened, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private List<String> headers(Operation operation) {
        List<String> headers = new ArrayList<>();
        for (JsonNode parameter : operation.parameters()) {
            if (parameter.path("in").asText().equals("header") && chance(10)) {
                headers.add(parameter.path("name").asText() + ": "
                        + values.of(parameter.get("schema")).asText().replaceAll("[^ -~]", "?"));
            }
        }
        while (chance(8)) {
            headers.add(values.one(HEADERS));
        }
        return headers;
    }

    /** A body; adds the header that says what it is. */
    private byte[] body(Operation operation, List<String> headers) {
        JsonNode content = operation.said().at("/requestBody/content");
        List<Map.Entry<String, JsonNode>> forms = new ArrayList<>(content.properties());
        if (forms.isEmpty() ? !chance(3) : chance(3)) {
            return new byte[0];
        }
        Map.Entry<String, JsonNode> form = forms.isEmpty() ? null : values.one(forms);
        String type = form == null ? "application/json" : form.getKey();
        String said = chance(5) ? values.one(TYPES) : type;
        if (!said.isEmpty()) {
            headers.add("Content-Type: " + said);
        }
        if (random.nextInt(500) == 0) {
            return FuzzMutations.bytes("[" + " ".repeat((1 << 20) + random.nextInt(100_000)) + "]");
        }
        JsonNode value = form == null ? document.path("info").deepCopy() : value(form.getValue());
        if (value instanceof ObjectNode) {
            for (int i = values.one(List.of(0, 0, 1, 1, 1, 2, 5)); i > 0; i--) {
                value = mutations.wrong(value);
            }
        }
        // Jackson writes half characters as escapes, which are JSON though no text.
        byte[] text = value.isTextual() ? FuzzMutations.bytes(value.asText()) : Json.bytes(value);
        return chance(value.isTextual() ? 50 : 20) ? mutations.broken(new String(text, StandardCharsets.UTF_8)) : text;
    }

    private JsonNode value(JsonNode form) {
        JsonNode example = form.path("example");
        return example.isTextual() || chance(60) ? example.deepCopy() : values.of(form.get("schema"));
    }
}
