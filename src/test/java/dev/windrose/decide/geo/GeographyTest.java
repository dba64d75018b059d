package dev.windrose.decide.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.Forall;
import dev.windrose.model.Coordinate;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeographyTest {

    @ParameterizedTest
    @CsvSource({
        // By the geographic library of Karney, on the ellipsoid; the sphere is off by up to half a percent.
        "51.5074, -0.1278, 40.7128, -74.0060, 5585",
        "1.3521, 103.8198, 35.6762, 139.6503, 5312",
        "0, 179, 0, -179, 222",
        "90, 0, -90, 0, 20004",
    })
    void distancesAreThoseOfTheGlobe(double lat, double lon, double otherLat, double otherLon, double km) {
        assertThat(GreatCircle.km(new Coordinate(lat, lon), new Coordinate(otherLat, otherLon)))
                .isCloseTo(km, within(km * 0.006));
    }

    @Test
    void theNearerPointHasTheLargerProduct() {
        Forall.cases(random -> {
            Coordinate here = anywhere(random);
            Coordinate a = anywhere(random);
            Coordinate b = anywhere(random);
            boolean nearer = GreatCircle.km(here, a) < GreatCircle.km(here, b);

            assertThat(product(here, a) > product(here, b)).isEqualTo(nearer);
        });
    }

    private static Coordinate anywhere(Random random) {
        return new Coordinate(random.nextDouble() * 180 - 90, random.nextDouble() * 360 - 180);
    }

    private static double product(Coordinate a, Coordinate b) {
        double[] first = GreatCircle.unitVector(a);
        double[] second = GreatCircle.unitVector(b);
        return first[0] * second[0] + first[1] * second[1] + first[2] * second[2];
    }

    @Test
    void theQuickWayExpectsTheSame() {
        Forall.cases(random -> {
            Coordinate a = new Coordinate(random.nextDouble() * 180 - 90, random.nextDouble() * 360 - 180);
            Coordinate b = new Coordinate(random.nextDouble() * 180 - 90, random.nextDouble() * 360 - 180);
            double cosine = GreatCircle.cosine(GreatCircle.unitVector(a), GreatCircle.unitVector(b));
            assertThat(GreatCircle.expectedRoundTripMs(cosine))
                    .isCloseTo(GreatCircle.expectedRoundTripMs(a, b), within(0.02));
        });
    }

    @Test
    void aRoundTripIsExpectedFromTheDistance() {
        Coordinate here = new Coordinate(0, 0);

        assertThat(GreatCircle.expectedRoundTripMs(here, here)).isEqualTo(32);
        assertThat(GreatCircle.expectedRoundTripMs(here, new Coordinate(0, 90))).isCloseTo(32 + 174.1, within(0.5));
    }

    @Test
    void namesLieInAreas() {
        assertThat(Areas.lineage("eu-west-1", Set.of())).containsExactly("eu-west-1", "eu-west", "europe");
        assertThat(Areas.lineage("berlin", Set.of("eu-central"))).containsExactly("berlin", "eu-central", "europe");
        assertThat(Areas.lineage("st", Set.of())).containsExactly("st");
        assertThat(Areas.lineage("west", Set.of())).containsExactly("west");
    }

    @Test
    void everyAreaHasACentreOfItsOwn() {
        assertThat(Areas.names())
                .isNotEmpty()
                .allSatisfy(area -> assertThat(Areas.centre(area)).isNotNull());
        assertThat(Areas.centre("eu-west-1")).isEqualTo(RegionCatalogue.place("eu-west-1"));
        assertThat(Areas.centre("atlantis")).isNull();
    }
}
