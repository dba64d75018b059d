package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.windrose.document.ApiDocument;
import dev.windrose.document.Schema;
import dev.windrose.front.api.FuzzRequests.Fuzzed;
import dev.windrose.front.api.KeptConnection.Whole;
import dev.windrose.live.definition.DefinitionGateway;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Requests for every operation of the document, most of them wrong in one way or another, and what holds for each answer.
 * {@code -Dwindrose.fuzz.requests=N} says how many, {@code -Dwindrose.seed=N} which.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FuzzTest {

    private static final int REQUESTS = Integer.getInteger("windrose.fuzz.requests", 2000);
    private static final long SEED = Long.getLong("windrose.seed", 1);
    private static final int LOOK_EVERY = 500;
    private static final int SHOWN_AT_MOST = 25;
    private static final int BYTES_SHOWN = 1500;
    private static final long ANSWERED_AT_MOST_MS = 5000;
    private static final long HEAP_AT_MOST = 64L << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Set<String> MAY_BE_503 = Set.of(
            "urn:windrose:problem:unavailable", "urn:windrose:problem:nothing-serves", "urn:windrose:problem:full");

    /** What any call may be answered, whatever it is: the request is no good before it is looked at what it asks. */
    private static final Set<Integer> OF_ANY_CALL = Set.of(400, 401, 403, 413, 414, 415, 417, 431);

    private final ObjectNode document = ApiDocument.whole();
    private final Schema problem = new Schema(document, document.at("/components/schemas/Problem"));
    private final Map<String, String> findings = new LinkedHashMap<>();
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private RunningApi api;

    @BeforeAll
    void start() {
        api = RunningApi.start();
    }

    /** Brings back what requests may have taken away, so that there is something to ask about. */
    private void setUp() {
        api.put("/api/v1/regions/us-east-1", "{\"endpoints\":[\"http://127.0.0.1:9101\"],\"capacity\":1000}");
        api.put("/api/v1/rules/web", RunningApi.RULE);
        api.post("/api/v1/keys", "{\"name\":\"ci\",\"owner\":\"ada\",\"grants\":[\"viewer\"]}");
        api.put(
                "/api/v1/geographic-rules/near",
                "{\"source_regions\":[\"europe\"],\"target_regions\":[\"eu-west-1\"],\"applies_to\":\"web\"}");
    }

    @AfterAll
    void stop() {
        api.close();
    }

    @Test
    void everyAnswerIsOneThatTheDocumentAllowsAndWhatIsRefusedChangesNothing() throws IOException {
        FuzzRequests requests = new FuzzRequests(document, SEED);
        System.out.println("fuzz: " + REQUESTS + " requests for " + requests.operations()
                + " operations, -Dwindrose.seed=" + SEED);
        setUp();
        routes();
        long before = heap();
        long slowest = 0;
        try (KeptConnection connection = new KeptConnection(api.port())) {
            for (int i = 0; i < REQUESTS; i++) {
                Fuzzed request = requests.next(i);
                Object was = api.state();
                long asked = System.nanoTime();
                Whole answer = connection.ask(request.bytes(), request.method().equals("HEAD"));
                long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked);
                slowest = Math.max(slowest, took);
                statuses.merge(answer.status(), 1, Integer::sum);
                look(i, request, answer, took, was);
                if (i % LOOK_EVERY == 0) {
                    routes();
                    setUp();
                }
            }
        }
        routes();
        kept();
        long grown = heap() - before;
        System.out.println("fuzz: answers by status " + statuses + ", the slowest after " + slowest
                + " ms, heap grew by " + (grown >> 10) + " KiB, " + findings.size() + " findings");

        assertThat(findings.values()).as("-Dwindrose.seed=" + SEED).isEmpty();
        assertThat(grown).isLessThan(HEAP_AT_MOST);
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Whatever was sent: a rule whose target no request names is decided as it should be. */
    private void routes() {
        api.put(
                "/api/v1/rules/steady",
                "{\"name\":\"Steady\",\"algorithm\":\"priority\",\"target_regions\":[\"ap-northeast-1\"]}");
        assertThat(api.routed("europe", "steady")).as("-Dwindrose.seed=" + SEED).isEqualTo("ap-northeast-1");
    }

    /** What was accepted can be written into a journal, and comes back as it was. */
    private void kept() throws IOException {
        CBORMapper journal = new CBORMapper();
        for (DefinitionGateway.Edit edit : api.edits().done()) {
            Map<String, String> texts = new TreeMap<>(edit.fields());
            texts.put("author", edit.author());
            texts.put("reason", edit.reason());
            try {
                JsonNode read = journal.readTree(journal.writeValueAsBytes(texts));
                assertThat(read).isEqualTo(journal.valueToTree(texts));
            } catch (IOException e) {
                findings.putIfAbsent(
                        "journal" + e.getMessage(), "\naccepted, and cannot be kept: " + e.getMessage() + " " + texts);
            }
        }
    }

    private void look(int number, Fuzzed request, Whole answer, long tookMs, Object was) {
        int status = answer.status();
        if (status == 0) {
            found("no answer", number, request, answer);
            return;
        }
        if (tookMs > ANSWERED_AT_MOST_MS) {
            found("answered after " + tookMs + " ms", number, request, answer);
        }
        boolean head = request.method().equals("HEAD");
        if (status >= 400 && !head) {
            refused(number, request, answer);
        }
        if (status >= 500 && status != 503) {
            found("status " + status, number, request, answer);
        }
        if (status >= 400 && status < 500 && !api.state().equals(was)) {
            found("refused, and changed something", number, request, answer);
        }
        if (request.plain()) {
            documented(number, request, answer);
        }
    }

    private void refused(int number, Fuzzed request, Whole answer) {
        JsonNode body = json(answer);
        if (!answer.header("content-type").equals("application/problem+json")
                || !problem.problems(body).isEmpty()
                || body.path("status").asInt() != answer.status()
                || body.path("detail").asText().isBlank()) {
            found("refused by what is no problem", number, request, answer);
        } else if (answer.status() == 503
                && !MAY_BE_503.contains(body.path("type").asText())) {
            found("status 503", number, request, answer);
        }
    }

    private void documented(int number, Fuzzed request, Whole answer) {
        JsonNode said = Schema.resolved(
                document, request.operation().said().path("responses").path(Integer.toString(answer.status())));
        if (said.isMissingNode()) {
            if (!OF_ANY_CALL.contains(answer.status())) {
                found("status " + answer.status() + " is not in the document", number, request, answer);
            }
            return;
        }
        JsonNode schema = said.at("/content/application~1json/schema");
        if (answer.status() < 300
                && !schema.isMissingNode()
                && answer.header("content-type").equals("application/json")) {
            List<String> problems = new Schema(document, schema).problems(json(answer));
            if (!problems.isEmpty()) {
                found("answered what is not in the document: " + problems.get(0), number, request, answer);
            }
        }
    }

    private static JsonNode json(Whole answer) {
        try {
            JsonNode read = JSON.readTree(answer.body());
            return read == null ? MissingNode.getInstance() : read;
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    /** The first of each kind for each operation is kept. */
    private void found(String what, int number, Fuzzed request, Whole answer) {
        String sent = new String(request.bytes(), StandardCharsets.UTF_8);
        if (findings.size() < SHOWN_AT_MOST) {
            findings.putIfAbsent(
                    request.operation().name() + what.replaceAll(":.*", ""),
                    "\n" + what + "\nrequest " + number + ": " + sent.substring(0, Math.min(sent.length(), BYTES_SHOWN))
                            + "\nanswer: " + answer.head()
                            + answer.text().substring(0, Math.min(answer.text().length(), BYTES_SHOWN))
                            + "\n");
        }
    }
}
