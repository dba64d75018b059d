package dev.windrose.stage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class StoryTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> REGIONS = List.of("us-east-1", "eu-west-1", "ap-southeast-1");

    /** Three regions that agree at once and look whether an origin is there when they are asked. */
    private static final class FakeRegions implements Story.Nodes, AutoCloseable {
        private final Map<String, ObjectNode> rules = new ConcurrentHashMap<>();
        private final Map<String, TinyServer> nodes = new ConcurrentHashMap<>();
        private final Map<String, Integer> ports = new ConcurrentHashMap<>();
        private final Map<String, Origin> origins = new ConcurrentHashMap<>();

        private FakeRegions() throws IOException {
            for (String region : REGIONS) {
                origins.put(region, Origin.start(region, 0));
                start(region);
            }
        }

        private List<Story.Place> places() {
            List<Story.Place> places = new ArrayList<>();
            for (String region : REGIONS) {
                places.add(new Story.Place(
                        region, ports.get(region), origins.get(region).controlPort()));
            }
            return places;
        }

        private TinyServer.Reply answer(TinyServer.Request request) {
            try {
                String path = request.path();
                if (path.startsWith("/api/v1/route/")) {
                    ObjectNode rule = rules.get(path.substring(path.indexOf("rule_id=") + 8));
                    return rule == null ? new TinyServer.Reply(404, "{}") : decided(rule);
                } else if (path.equals("/api/v1/rules/create")) {
                    ObjectNode rule = (ObjectNode) JSON.readTree(request.body());
                    rules.put(rule.path("rule_id").asText(), rule);
                    return new TinyServer.Reply(200, "{}");
                } else if (path.endsWith("/update-weights")) {
                    rules.get(path.split("/", -1)[4]).set("weights", JSON.readTree(request.body()));
                    return new TinyServer.Reply(200, "{}");
                } else if (path.startsWith("/api/v1/rules/")) {
                    String name = path.split("/", -1)[4];
                    ObjectNode rule = request.method().equals("DELETE") ? rules.remove(name) : rules.get(name);
                    return rule == null
                            ? new TinyServer.Reply(404, "{}")
                            : new TinyServer.Reply(200, rule.toString(), "ETag: \"" + rule.hashCode() + "\"");
                }
                return new TinyServer.Reply(200, "{}");
            } catch (IOException e) {
                return new TinyServer.Reply(400, "{}");
            }
        }

        private TinyServer.Reply decided(ObjectNode rule) {
            for (JsonNode target : rule.path("target_regions")) {
                if (lives(origins.get(target.asText()))) {
                    return new TinyServer.Reply(200, "{\"optimal_region\":" + target + "}");
                }
            }
            return new TinyServer.Reply(503, "{}");
        }

        private static boolean lives(Origin origin) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), origin.port())) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public void kill(String region) throws IOException {
            nodes.remove(region).close();
        }

        @Override
        public void start(String region) throws IOException {
            TinyServer node = TinyServer.listen(region, ports.getOrDefault(region, 0), this::answer);
            ports.put(region, node.port());
            nodes.put(region, node);
        }

        @Override
        public void close() throws IOException {
            for (TinyServer node : nodes.values()) {
                node.close();
            }
            for (Origin origin : origins.values()) {
                origin.close();
            }
        }
    }

    @Test
    void tellsWhatEveryRegionAnsweredAndLeavesNothingBehind() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        try (FakeRegions regions = new FakeRegions()) {
            Figures figures = new Story(regions.places(), regions, told::add, Duration.ofMillis(300)).play();

            assertThat(figures.passed()).as(figures.table()).isTrue();
            assertThat(figures.table()).contains("last wrong answer of eu-west-1");
            assertThat(told).anyMatch(line -> line.endsWith("us-east-1 sends clients to eu-west-1"));
            assertThat(regions.rules).isEmpty();
            assertThat(regions.nodes).hasSize(3);
        }
    }
}
