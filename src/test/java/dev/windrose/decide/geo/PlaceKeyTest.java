package dev.windrose.decide.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.windrose.Forall;
import dev.windrose.model.Coordinate;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceKeyTest {

    @ParameterizedTest
    @CsvSource({
        "europe, europe",
        "EU-West-1, eu-west-1",
        "192.0.2.0/24, 192.0.2.0/24",
        "0.0.0.0/24, 0.0.0.0/24",
        "255.255.255.0/24, 255.255.255.0/24",
        "2001:db8:1::/48, 2001:db8:1::/48",
        "2001:DB8:0001::/48, 2001:db8:1::/48",
        "::/48, 0:0:0::/48",
        "@53:13, @53:13",
        "@52:12, @53:13",
        "@-90:-180, @-89:-179",
        "@90:180, @90:180",
        "@0:0, @1:1",
        "@-1:-1, @-1:-1",
    })
    void aTextThatIsWrittenIsReadBack(String text, String written) {
        long key = PlaceKey.parse(text);
        assertThat(key).isNotEqualTo(PlaceKey.NONE);
        assertThat(PlaceKey.text(key, written)).isEqualTo(written);
        assertThat(PlaceKey.parse(written)).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a b",
                "192.0.2.0/25",
                "192.0.2.0/23",
                "192.0.2.1/24",
                "2001:db8::/32",
                "2001:db8:1::/64",
                "2001:db8:1::1/48",
                "::ffff:192.0.2.0/120",
                "192.0.2.0/",
                "/24",
                "@91:0",
                "@0:181",
                "@1",
                "@1:2:3",
                "@1.5:2",
                "@99999999999:0",
                "é"
            })
    void whatIsNoPlaceIsRefused(String text) {
        assertThatThrownBy(() -> PlaceKey.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: ");
    }

    @Test
    void anEndlessTextIsToldInShort() {
        assertThatThrownBy(() -> PlaceKey.parse("@" + "1".repeat(100_000)))
                .message()
                .hasSizeLessThan(200);
    }

    @Test
    void anAddressHasTheBlockThatHoldsIt() {
        byte[] plain = {(byte) 192, 0, 2, 77};
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 192, 0, 2, 78};
        byte[] six = {0x20, 1, 0xd, (byte) 0xb8, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
        assertThat(PlaceKey.of(plain)).isEqualTo(PlaceKey.parse("192.0.2.0/24"));
        assertThat(PlaceKey.of(mapped)).isEqualTo(PlaceKey.of(plain));
        assertThat(PlaceKey.of(six)).isEqualTo(PlaceKey.parse("2001:db8:1::/48"));
    }

    @Test
    void addressesOfOneBlockAreOnePlaceAndOthersAreNot() {
        Forall.cases(random -> {
            byte[] one = address(random);
            byte[] other = address(random);
            int same = one.length == 4 ? 3 : 6;
            boolean block = one.length == other.length;
            for (int i = 0; i < same && block; i++) {
                block = one[i] == other[i];
            }
            long key = PlaceKey.of(one);
            assertThat(PlaceKey.of(other) == key).isEqualTo(block);
            assertThat(PlaceKey.isNetwork(key)).isTrue();
            assertThat(PlaceKey.isName(key)).isFalse();
            assertThat(PlaceKey.parse(PlaceKey.text(key, null))).isEqualTo(key);
            byte[] neighbour = one.clone();
            neighbour[one.length - 1]++;
            assertThat(PlaceKey.of(neighbour)).isEqualTo(key);
        });
    }

    private static byte[] address(Random random) {
        byte[] address = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(address);
        return address;
    }

    @Test
    void aCoordinateIsWithinHalfACellOfItsMiddle() {
        Forall.cases(random -> {
            Coordinate at = new Coordinate(random.nextDouble() * 180 - 90, random.nextDouble() * 360 - 180);
            long cell = PlaceKey.of(at);
            Coordinate middle = PlaceKey.middle(cell);
            assertThat(middle).isNotNull();
            assertThat(Math.abs(middle.latitude() - at.latitude())).isLessThanOrEqualTo(1);
            assertThat(Math.abs(middle.longitude() - at.longitude())).isLessThanOrEqualTo(1);
            assertThat(PlaceKey.of(middle)).isEqualTo(cell);
            assertThat(PlaceKey.parse(PlaceKey.text(cell, null))).isEqualTo(cell);
            assertThat(PlaceKey.isName(cell) || PlaceKey.isNetwork(cell)).isFalse();
        });
    }

    @Test
    void theEndsOfTheGlobeHaveCells() {
        for (double latitude : new double[] {-90, -89.999, 0, 89.999, 90}) {
            for (double longitude : new double[] {-180, -179.999, 0, 179.999, 180}) {
                long cell = PlaceKey.of(new Coordinate(latitude, longitude));
                assertThat(PlaceKey.parse(PlaceKey.text(cell, null))).isEqualTo(cell);
            }
        }
    }

    @Test
    void namesThatAreKnownHaveNumbersOfTheirOwn() {
        Map<Long, String> seen = new HashMap<>();
        for (String name : RegionCatalogue.names()) {
            seen.put(PlaceKey.of(name), name);
        }
        for (int i = 0; i < 200_000; i++) {
            String before = seen.put(PlaceKey.of("place-" + i), "place-" + i);
            assertThat(before).isNull();
        }
        seen.keySet().forEach(key -> assertThat(PlaceKey.isName(key)).isTrue());
        assertThat(PlaceKey.middle(PlaceKey.of("europe"))).isNull();
        assertThat(PlaceKey.middle(PlaceKey.NONE)).isNull();
    }
}
