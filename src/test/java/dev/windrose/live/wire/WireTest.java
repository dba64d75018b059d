package dev.windrose.live.wire;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializers;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import com.typesafe.config.ConfigFactory;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.IdempotencyKey;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.member.NodeAnnouncement;
import dev.windrose.live.definition.DefinitionGateway;
import dev.windrose.live.definition.RuleActor;
import dev.windrose.live.geo.LatencyBoard;
import dev.windrose.live.health.HealthBoard;
import dev.windrose.live.health.HealthExchange;
import dev.windrose.live.journal.JournalServer;
import dev.windrose.live.journal.StoredEvent;
import dev.windrose.live.member.ClockExchange;
import dev.windrose.live.member.ClusterJoin;
import dev.windrose.live.member.Eviction;
import dev.windrose.live.metric.MetricSample;
import dev.windrose.live.table.DemandBoard;
import dev.windrose.live.table.RuleCounts;
import dev.windrose.live.table.UsageBoard;
import dev.windrose.model.HealthStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * What regions of version 1 wrote is read for ever: journals keep it. {@code -Dwindrose.golden.write=true} adds what is
 * new; what stands in the file is never changed.
 */
class WireTest {

    private static final Path GOLDEN = Path.of("src/test/resources/wire/1/messages.txt");
    private static final ActorTestKit KIT = ActorTestKit.create(
            ConfigFactory.parseResources("windrose/wire.conf").withFallback(ConfigFactory.load()));
    private static final Stamp STAMP = new Stamp(1_700_000_000_000L, "eu-west-1");
    private static final Change CHANGE = new Change(
            Change.Kind.WEIGHTS_SET, Map.of("weights", "eu-west-1=0.25 us-east-1=0.75"), STAMP, "tester", "a test");

    private final Serialization serialization = SerializationExtension.get(KIT.system());

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static Map<String, Object> messages() {
        DefinitionState now = DefinitionState.EMPTY
                .after(new Change(Change.Kind.CREATED, Map.of("name", "Größe"), STAMP, "tester", ""))
                .after(new Change(Change.Kind.REMOVED, Map.of(), new Stamp(1_700_000_000_001L, "us-east-1"), "x", ""));
        // As version 1 wrote it: who knew what is not said.
        DefinitionState state = new DefinitionState(now.fields(), now.created(), now.removed());
        Change lost = new Change(
                Change.Kind.CHANGED,
                Map.of("name", "of the other side"),
                new Stamp(1_700_000_000_002L, "us-east-1"),
                "ben",
                "",
                Map.of("eu-west-1", 1_699_999_999_999L),
                new IdempotencyKey("id", "content", true),
                null);
        DefinitionState torn = DefinitionState.EMPTY.after(CHANGE).after(lost);
        StoredEvent event = new StoredEvent(
                1, "definition|rule:web|eu-west-1", 2, 3, new byte[] {1, 2}, 4, "m", new byte[] {5}, 6, "n");
        Map<String, Object> messages = new LinkedHashMap<>();
        messages.put("change", CHANGE);
        messages.put("rule-state", state);
        messages.put("change-seen", lost);
        messages.put(
                "change-repair",
                new Change(
                        Change.Kind.REPAIRED,
                        Map.of("name", "of the other side"),
                        lost.stamp(),
                        "windrose@eu-west-1",
                        "lacked",
                        null,
                        null,
                        torn.causes()));
        messages.put("rule-state-causes", torn);
        messages.put(
                "rule-answer-repeats",
                new RuleActor.Answer(DefinitionGateway.Result.DONE, torn, "", Change.Kind.CREATED));
        messages.put("clock-told", new ClockExchange.Told("127.0.0.1:1", "eu-west-1", 1_700_000_000_000L, 5));
        messages.put("stored-event", event);
        messages.put("journal-batch", new JournalServer.Batch("one", 2, 3, List.of(event)));
        messages.put("journal-nudge", JournalServer.Nudge.INSTANCE);
        messages.put("rule-answer", new RuleActor.Answer(DefinitionGateway.Result.STALE, state, "detail"));
        messages.put("rule-mended", new RuleActor.Mended(2));
        messages.put("rule-awake", RuleActor.Awake.INSTANCE);
        messages.put("rule-not-awake", RuleActor.Awake.ENDED);
        messages.put("health-beat", new HealthExchange.Beat("eu-west-1", 9));
        messages.put(
                "joining-hello",
                new ClusterJoin.Hello(
                        new NodeAnnouncement(
                                "127.0.0.1:1",
                                -2,
                                "eu-west-1",
                                "shared one",
                                true,
                                "127.0.0.1:2",
                                true,
                                "1700000000000-one",
                                2,
                                3),
                        true));
        messages.put("eviction-here", new Eviction.Here("127.0.0.1:1", "eu-west-1", List.of("us-east-1")));
        messages.put(
                "health-board",
                new HealthBoard(
                        "eu-west-1",
                        4,
                        Map.of(
                                "check",
                                new HealthBoard.Seen(
                                        HealthStatus.DEGRADED, 12.5, 0.5, 1_700_000_000_000L, "status: 500")),
                        Map.of()));
        messages.put(
                "health-board-report",
                new HealthBoard(
                        "eu-west-1",
                        5,
                        Map.of(),
                        Map.of("us-east-1", new HealthBoard.Told(HealthStatus.UNHEALTHY, 12.5, 0.5, 7, 3, 2500))));
        messages.put(
                "usage",
                new UsageBoard.Counted(
                        Map.of("web", new RuleCounts(5, 1)), Map.of("europeans", 7L), Map.of(), Map.of(), ""));
        messages.put(
                "usage-traffic",
                new UsageBoard.Counted(
                        Map.of(),
                        Map.of(),
                        Map.of("europeans", Map.of("eu-west-1", 3L)),
                        Map.of("europe", Map.of("eu-west-1", 4L)),
                        ""));
        messages.put(
                "usage-series",
                new UsageBoard.Counted(Map.of("web", new RuleCounts(5, 1)), Map.of(), Map.of(), Map.of(), "a-series"));
        messages.put("demand", new DemandBoard.Wanted(3, Map.of("web", Map.of("eu-west-1", 12.5)), Map.of()));
        messages.put(
                "demand-fares",
                new DemandBoard.Wanted(
                        3, Map.of(), Map.of("eu-west-1", new DemandBoard.RegionLoad(12.5, 10, 0.5, 80))));
        messages.put(
                "latency",
                new LatencyBoard.Told(
                        1_700_000_000_000L,
                        List.of("eu-west-1"),
                        List.of(new LatencyBoard.Spot("192.0.2.0/24", "europe", 12, List.of(0, 3050, 120, 80, 60)))));
        messages.put("metric", new MetricSample("id", "web", 1, 2, Map.of("eu-west-1", 2L), 3.5, 0.25, 10));
        return messages;
    }

    /** Name, serializer, manifest and bytes of each line. */
    private static Map<String, String[]> golden() throws IOException {
        Map<String, String[]> golden = new TreeMap<>();
        if (Files.exists(GOLDEN)) {
            for (String line : Files.readAllLines(GOLDEN)) {
                String[] parts = line.split(" ", -1);
                golden.put(parts[0], parts);
            }
        }
        return golden;
    }

    @Test
    void whatTheFirstVersionWroteIsReadAndWrittenInAFormItReads() throws IOException {
        Map<String, String[]> golden = golden();
        if (Boolean.getBoolean("windrose.golden.write")) {
            messages()
                    .forEach((name, message) -> golden.putIfAbsent(name, new String[] {
                        name,
                        Integer.toString(
                                serialization.findSerializerFor(message).identifier()),
                        Serializers.manifestFor(serialization.findSerializerFor(message), message),
                        Base64.getEncoder()
                                .encodeToString(serialization.serialize(message).get())
                    }));
            Files.createDirectories(GOLDEN.getParent());
            Files.write(
                    GOLDEN,
                    golden.values().stream()
                            .map(parts -> String.join(" ", parts))
                            .toList());
        }
        assertThat(golden.keySet()).isEqualTo(messages().keySet());
        messages().forEach((name, message) -> {
            String[] parts = golden.get(name);
            Object read = serialization
                    .deserialize(Base64.getDecoder().decode(parts[3]), Integer.parseInt(parts[1]), parts[2])
                    .get();
            assertThat(read).as(name).usingRecursiveComparison().isEqualTo(message);
            assertThat(serialization.findSerializerFor(message).identifier())
                    .as(name)
                    .isEqualTo(Integer.parseInt(parts[1]));
            assertThat(Serializers.manifestFor(serialization.findSerializerFor(message), message))
                    .as(name)
                    .isEqualTo(parts[2]);
        });
    }

    /** Causes are texts, so that a new one is no other form: versions on either side of an upgrade show each other's. */
    @Test
    void aCauseAndAStatusThatALaterVersionAddsBreakNoBoard() throws IOException {
        String[] golden = golden().get("health-board");
        CBORMapper cbor = new CBORMapper();
        ObjectNode later = (ObjectNode) cbor.readTree(Base64.getDecoder().decode(golden[3]));
        ObjectNode seen = (ObjectNode) later.path("seen").path("check");
        seen.put("cause", "quic: the handshake of a protocol that is yet to come, " + "x".repeat(600));
        seen.put("causeKind", "QUIC_HANDSHAKE");
        seen.put("status", "HIBERNATING");
        later.putObject("reports")
                .putObject("eu-west-1")
                .put("status", "HIBERNATING")
                .put("number", 3);

        HealthBoard read = (HealthBoard) serialization
                .deserialize(cbor.writeValueAsBytes(later), Integer.parseInt(golden[1]), golden[2])
                .get();

        HealthBoard.Seen known = read.seen().get("check");
        assertThat(known).isNotNull();
        assertThat(known.cause()).startsWith("quic: the handshake").hasSize(403);
        assertThat(known.status()).isEqualTo(HealthStatus.UNKNOWN);
        assertThat(read.reports().get("eu-west-1"))
                .isNotNull()
                .extracting(HealthBoard.Told::status)
                .isEqualTo(HealthStatus.UNKNOWN);

        seen.remove("cause");
        HealthBoard earlier = (HealthBoard) serialization
                .deserialize(cbor.writeValueAsBytes(later), Integer.parseInt(golden[1]), golden[2])
                .get();
        assertThat(earlier.seen().get("check"))
                .isNotNull()
                .extracting(HealthBoard.Seen::cause)
                .isEqualTo("");
    }

    @Test
    void fieldsOfALaterVersionArePassedOver() throws IOException {
        byte[] bytes = serialization.serialize(CHANGE).get();
        CBORMapper cbor = new CBORMapper();
        ObjectNode later = (ObjectNode) cbor.readTree(bytes);
        later.put("approvedBy", "somebody");

        assertThat(serialization
                        .deserialize(
                                cbor.writeValueAsBytes(later),
                                serialization.findSerializerFor(CHANGE).identifier(),
                                Serializers.manifestFor(serialization.findSerializerFor(CHANGE), CHANGE))
                        .get())
                .isEqualTo(CHANGE);
    }
}
