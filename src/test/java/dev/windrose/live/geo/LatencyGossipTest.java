package dev.windrose.live.geo;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.SerializationExtension;
import com.typesafe.config.ConfigFactory;
import dev.windrose.decide.geo.GossipFilter;
import dev.windrose.decide.geo.LatencyMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class LatencyGossipTest {

    private static final ActorTestKit KIT = ActorTestKit.create(
            ConfigFactory.parseResources("windrose/wire.conf").withFallback(ConfigFactory.load()));
    private static final long NOW = 1_700_000_000_000L;

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static List<LatencyMap.Place> places(int many) {
        List<LatencyMap.Place> places = new ArrayList<>();
        String[] regions = {
            "us-east-1",
            "us-west-2",
            "eu-west-1",
            "eu-central-1",
            "ap-southeast-1",
            "ap-northeast-1",
            "sa-east-1",
            "af-south-1"
        };
        for (int i = 0; i < many; i++) {
            List<LatencyMap.Leg> legs = new ArrayList<>();
            for (String region : regions) {
                legs.add(new LatencyMap.Leg(region, 250.25 + i % 50, 12.5, 31.5, 1800 + i));
            }
            places.add(
                    new LatencyMap.Place("203." + i / 256 + "." + i % 256 + ".0/24", "ap-southeast", 1000 + i, legs));
        }
        return places;
    }

    @Test
    void whatIsToldIsHeardAndOlderByTheTimeBetween() {
        List<LatencyMap.Place> heard = LatencyGossip.places(LatencyGossip.told(places(3), NOW), NOW + 60_999);
        assertThat(heard).hasSize(3);
        LatencyMap.Leg leg = heard.get(1).legs().get(2);
        assertThat(leg).isEqualTo(new LatencyMap.Leg("eu-west-1", 251.25, 12.5, 31.5, 1861));
        assertThat(heard.get(1).weight()).isEqualTo(1001);
        assertThat(heard.get(1).within()).isEqualTo("ap-southeast");
        assertThat(LatencyGossip.places(LatencyGossip.told(places(1), NOW), NOW - 60_000)
                        .get(0)
                        .legs()
                        .get(0)
                        .ageSeconds())
                .as("a clock that lags makes nothing younger than it was told")
                .isEqualTo(1800);
    }

    @Test
    void whatNobodyCanReadIsPassedOver() {
        List<Integer> good = List.of(0, 3000, 100, 50, 5);
        LatencyBoard.Told told = new LatencyBoard.Told(
                NOW,
                List.of("eu-west-1", "No Region"),
                List.of(
                        new LatencyBoard.Spot("europe", "", 1, good),
                        new LatencyBoard.Spot("no place", "", 1, good),
                        new LatencyBoard.Spot("asia", "no place", 1, good),
                        new LatencyBoard.Spot("africa", "", 1, List.of(1, 3000, 100, 50, 5)),
                        new LatencyBoard.Spot("oceania", "", 1, List.of(9, 3000, 100, 50, 5)),
                        new LatencyBoard.Spot("@1:1", "", 1, List.of(0, -1, 100, 50, 5)),
                        new LatencyBoard.Spot("@3:1", "", 1, List.of(0, 2_000_000, 100, 50, 5)),
                        new LatencyBoard.Spot("@5:1", "", 1, List.of(0, 3000))));
        assertThat(LatencyGossip.places(told, NOW))
                .extracting(LatencyMap.Place::place)
                .containsExactly("europe");
    }

    /** Twenty nodes that each tell of a thousand places must fit into the messages of replication. */
    @Test
    void aPartIsSmallEnoughForTheNodesOfManyRegions() {
        Map<Integer, List<LatencyMap.Place>> parts = new HashMap<>();
        places(1000)
                .forEach(place -> parts.computeIfAbsent(GossipFilter.bucket(place.place()), part -> new ArrayList<>())
                        .add(place));
        int largest = 0;
        int all = 0;
        for (List<LatencyMap.Place> part : parts.values()) {
            int bytes = SerializationExtension.get(KIT.system())
                    .serialize(LatencyGossip.told(part, NOW))
                    .get()
                    .length;
            largest = Math.max(largest, bytes);
            all += bytes;
        }
        System.out.printf(
                Locale.ROOT,
                "1000 places by 8 regions: %d bytes in %d parts, the largest %d bytes%n",
                all,
                parts.size(),
                largest);
        assertThat(20 * largest).isLessThan(100_000);
    }
}
