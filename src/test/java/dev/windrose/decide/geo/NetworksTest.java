package dev.windrose.decide.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.windrose.model.Coordinate;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworksTest {

    private static Networks.Place place(Networks networks, String address) {
        return networks.of(Objects.requireNonNull(Prefix.address(address)));
    }

    @Test
    void readsAreasAndCoordinates() {
        Networks networks = Networks.parse(List.of(
                        "# offices",
                        "",
                        "10.0.0.0/8, Europe",
                        "10.1.0.0/16,eu-west-1",
                        "2001:db8::/32,52.5,13.4",
                        "192.0.2.0/25, DE , 52.5, 13.4")
                .iterator());
        assertThat(place(networks, "10.2.3.4")).isEqualTo(new Networks.Place("europe", null));
        assertThat(place(networks, "10.1.3.4")).isEqualTo(new Networks.Place("eu-west-1", null));
        assertThat(place(networks, "2001:db8::7")).isEqualTo(new Networks.Place(null, new Coordinate(52.5, 13.4)));
        assertThat(place(networks, "192.0.2.1")).isEqualTo(new Networks.Place("de", new Coordinate(52.5, 13.4)));
        assertThat(place(networks, "192.0.2.129")).isNull();
        assertThat(networks.size()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.0/8 | line 2: '10.0.0.0/8' (expected: PREFIX,PLACE",
                "10.0.0.0/33,europe | line 2: prefix: '10.0.0.0/33'",
                "10.0.0.0/8,two words | line 2: place: ",
                "10.0.0.0/8,91,0 | line 2: ",
                "10.0.0.0/8,north,south | line 2: place: 'north,south'",
                "10.0.0.0/8,1,2,200 | line 2: longitude: 200.0",
                "10.0.0.0/8,,1,2 | line 2: place: ''",
                "10.0.0.0/8,de,1,north | line 2: place: '1,north'",
                "10.0.0.0/8,de,1,2,3 | line 2: ",
            })
    void saysWhichLineIsWrong(String line, String message) {
        assertThatThrownBy(() ->
                        Networks.parse(List.of("192.0.2.0/24,europe", line).iterator()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
