package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.decide.reach.ProbeRequest;
import dev.windrose.document.ApiDocument;
import dev.windrose.front.web.Json;
import dev.windrose.live.health.Probe;
import dev.windrose.live.reach.OutboundLoop;
import dev.windrose.live.reach.Outgoing;
import dev.windrose.live.tls.Authorities;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.RegionId;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random configurations made from the API's document: of whatever is accepted every check can be built, and every target be
 * asked.
 *
 * <p>{@code -Dwindrose.seed=N} draws other ones, and {@code -Dwindrose.askable.configurations=N} more of them.
 */
class AskableConfigurationsTest {

    private static final int ACCEPTED = Integer.getInteger("windrose.askable.configurations", 200);
    private static final long SEED = Long.getLong("windrose.seed", 1);
    private static final int TRIES_AT_MOST = 40;

    private static final List<String> HOSTS = List.of(
            "h",
            "h.",
            "a.example",
            "my_host.test",
            "127.0.0.1",
            "[fe80::1%25lo]",
            "[::1]",
            "h..x",
            "x".repeat(64),
            "1.2.3",
            "-a",
            "xn--e1afmkfd.test",
            "");
    private static final List<String> USUAL = List.of(
            "http://a.example:8080",
            "https://h.",
            "http://[::1]:9",
            "tcp://127.0.0.1:7",
            "tls://h.",
            "grpcs://a.example");
    private static final List<String> PORTS = List.of("", "", ":80", ":9", ":0", ":70000", ":", ":65535", ":x");
    private static final List<String> PATHS =
            List.of("", "", "/", "/base", "/base/", "/#a", "/?x=1", "/a|b", "/a%20b", "/%zz", "//x", "/../x", "/{a}");
    private static final List<String> CHECKED = List.of(
            "/health",
            "/health?q=a|b",
            "/{x}",
            "/%zz",
            "/a\\b",
            "/^\"<>`",
            "/a#b",
            "//x?y=[1]",
            "/h?x=/?&=%41",
            "/",
            "h");
    private static final List<String> SUBJECTS = List.of(
            "", "tls.test.", "my_host.test", "a/b", "a..b", ".", "_x.example", "-a-", "www.example", "y".repeat(70));
    private static final List<String> SCHEMES = List.of("http", "https", "grpc", "grpcs", "tcp", "tls", "dns", "ftp");

    private static RunningApi api;
    private static ActorTestKit kit;
    private static OutboundLoop wires;

    private final JsonNode document = ApiDocument.whole();
    private final Random random = new Random(SEED);
    private final FuzzValues values = new FuzzValues(document, random);
    private final Map<Integer, Integer> answers = new TreeMap<>();

    @BeforeAll
    static void start() {
        api = RunningApi.start();
        api.hearsAfter = Duration.ZERO;
        kit = ActorTestKit.create();
        // Whatever a name is, it is asked on loopback alone.
        wires = Outgoing.by(Outgoing.outbound(
                name -> new InetAddress[] {InetAddress.getLoopbackAddress()},
                Prefix.parse("127.0.0.0/8"),
                Prefix.parse("::1"),
                Prefix.parse("fe80::/10")));
    }

    @AfterAll
    static void stop() {
        wires.close();
        kit.shutdownTestKit();
        api.close();
    }

    private String endpoint() {
        boolean usual = random.nextInt(3) > 0;
        return (usual ? values.one(USUAL) : values.one(SCHEMES) + "://" + values.one(HOSTS))
                + (usual ? "" : values.one(PORTS))
                + (random.nextBoolean() ? "" : values.one(PATHS));
    }

    /** What the document allows, mostly, with what is odd where people write odd things. */
    private ObjectNode drawn(String schema, String name) {
        ObjectNode body = (ObjectNode) values.of(document.at("/components/schemas/" + schema));
        body.remove(List.of("rule_id", "region_id"));
        if (schema.equals("RegionFields")) {
            body.putArray("endpoints");
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                body.withArray("/endpoints").add(endpoint());
            }
            return body;
        }
        body.put("name", name).putArray("target_regions").add(name + "-a").add(name + "-b");
        body.remove(List.of("weights", "endpoints", "residency", "fallback"));
        if (random.nextBoolean()) {
            body.putObject("endpoints").put(name + "-a", endpoint());
        }
        if (random.nextBoolean()) {
            body.put("health_check_path", values.one(CHECKED));
        }
        List.of("health_check", "monitors").forEach(field -> {
            JsonNode given = body.path(field);
            if (given instanceof ObjectNode object) {
                (field.equals("monitors") ? object : Json.object().set("", object)).forEach(this::odd);
            }
        });
        return body;
    }

    private void odd(JsonNode check) {
        if (check instanceof ObjectNode object && random.nextBoolean()) {
            object.put("subject", values.one(SUBJECTS));
            object.put("type", values.one(List.of("http", "tcp", "tls", "grpc", "dns")));
            object.remove(List.of("interval_ms", "timeout_ms", "status_from", "status_to"));
        }
    }

    private boolean put(String path, ObjectNode body) {
        int status = api.put(path, body.toString()).status();
        answers.merge(status, 1, Integer::sum);
        return status == 201;
    }

    /** Makes two regions and a rule of them, each drawn until one is accepted. */
    private void accept(int number) {
        String name = "c" + number;
        for (String region : List.of(name + "-a", name + "-b")) {
            int tries = 0;
            while (!put("/api/v1/regions/" + region, drawn("RegionFields", name))) {
                assertThat(tries++).as("tries of %s", region).isLessThan(TRIES_AT_MOST * 10);
            }
        }
        int tries = 0;
        while (!put("/api/v1/rules/" + name, drawn("NewRule", name))) {
            if (tries++ == TRIES_AT_MOST) {
                // An endpoint that no usual check goes together with, such as one of DNS: other regions are drawn.
                api.put("/api/v1/regions/" + name + "-a", "{}");
                api.put("/api/v1/regions/" + name + "-b", "{}");
            }
            assertThat(tries).as("tries of %s", name).isLessThan(TRIES_AT_MOST * 10);
        }
    }

    @Test
    void ofWhateverIsAcceptedEveryCheckIsBuiltAndEveryTargetAsked() throws Exception {
        for (int i = 0; i < ACCEPTED; i++) {
            accept(i);
        }
        Catalog catalog = api.table().director().catalog();
        CheckPlan plan = CheckPlan.of(
                catalog.rules().values(), catalog.regions().values(), new RegionId("us-east-1"), Integer.MAX_VALUE);
        Probe probe = new Probe(kit.system(), wires, Authorities.platform(), ForkJoinPool.commonPool());
        Map<CheckPlan.Check, CompletableFuture<Reading>> asked = new HashMap<>();
        plan.checks()
                .values()
                .forEach(check -> asked.put(check, probe.run(hasty(check)).toCompletableFuture()));
        List<String> unasked = new ArrayList<>();
        for (Map.Entry<CheckPlan.Check, CompletableFuture<Reading>> each : asked.entrySet()) {
            CheckPlan.Check check = each.getKey();
            ProbeRequest request =
                    ProbeRequest.of(check.endpoint(), check.check().question());
            Reading reading = each.getValue().get(30, TimeUnit.SECONDS);
            if (request.port() < 1 || request.port() > 65_535 || !isAsked(request, reading)) {
                unasked.add(check + " " + request + ": " + reading.cause());
            }
        }
        Map<String, Long> causes = asked.values().stream()
                .collect(Collectors.groupingBy(
                        reading -> reading.join().cause().split("[:\\d]", 2)[0], TreeMap::new, Collectors.counting()));
        System.out.printf(
                "askable: %d configurations accepted, %d checks asked %s, answers by status %s, -Dwindrose.seed=%d%n",
                catalog.rules().size(), plan.checks().size(), causes, answers, SEED);
        assertThat(catalog.rules()).hasSize(ACCEPTED);
        assertThat(plan.checks().size()).isGreaterThan(ACCEPTED);
        assertThat(answers.getOrDefault(422, 0)).as("refused").isGreaterThan(ACCEPTED);
        assertThat(unasked).isEmpty();
    }

    /** A connection was tried: nobody listens there, somebody else does, or there is no such family of addresses here. */
    private static boolean isAsked(ProbeRequest request, Reading reading) {
        String cause = reading.cause();
        boolean noIpv6 = request.host().indexOf(':') >= 0
                && List.of(
                                "UnsupportedAddressType",
                                "unreachable",
                                "family",
                                "scope_id",
                                "no such interface",
                                "assign requested")
                        .stream()
                        .anyMatch(cause::contains);
        return reading.success()
                || noIpv6
                || cause.contains("connection refused")
                // The file of these authorities may come later, and the node says where it is missing.
                || cause.startsWith("ca: ")
                // What may be reached is for the operator of the node to say.
                || cause.contains("is not a public address")
                || cause.contains("PortUnreachable")
                || cause.contains("no answer within")
                || cause.startsWith("status: ");
    }

    private static CheckPlan.Check hasty(CheckPlan.Check check) {
        HealthCheck patient = check.check();
        return new CheckPlan.Check(
                check.id(),
                check.region(),
                check.endpoint(),
                new HealthCheck(
                        patient.question(),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(300),
                        patient.turns(),
                        patient.levels()),
                check.allowanceMs());
    }
}
