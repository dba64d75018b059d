package dev.windrose.decide.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.windrose.Forall;
import dev.windrose.model.Coordinate;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        assertThat(Areas.lineage("ast", Set.of())).containsExactly("ast");
        assertThat(Areas.lineage("west", Set.of())).containsExactly("west");
        assertThat(Areas.lineage("de", Set.of())).containsExactly("de", "europe");
        assertThat(Areas.lineage("de-1", Set.of())).containsExactly("de-1", "de", "europe");
        assertThat(Areas.lineage("berlin", Set.of("de"))).containsExactly("berlin", "de", "europe");
        assertThat(Areas.lineage("oceania", Set.of())).containsExactly("oceania");
    }

    @Test
    void everyCountryOfTheStandardLiesInAnArea() {
        Set<String> codes = Arrays.stream(Locale.getISOCountries())
                .map(code -> code.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());

        assertThat(Countries.codes())
                .containsAll(codes)
                .hasSize(codes.size() + 1)
                .contains("xk");
        assertThat(Countries.codes()).allSatisfy(code -> {
            assertThat(Areas.names()).contains(code, Countries.area(code));
            assertThat(Areas.lineage(code, Set.of())).containsExactly(code, Countries.area(code));
            assertThat(Areas.centre(code)).isEqualTo(Countries.centre(code));
        });
        assertThat(Countries.area("zz")).isNull();
        assertThat(Countries.area("DE")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "ae, middle-east", "il, middle-east", "jo, middle-east", "eg, middle-east", "tr, europe", "ru, europe",
                "gl, north-america",
        "mx, north-america", "jm, north-america", "br, south-america", "ke, africa", "in, asia", "kz, asia",
                "au, oceania",
        "nz, oceania", "aq, oceania",
    })
    void countriesLieWhereOneLooksForThem(String code, String area) {
        assertThat(Countries.area(code)).isEqualTo(area);
    }

    @Test
    void continentsAreAreas() {
        assertThat(Stream.of("AF", "AN", "AS", "EU", "NA", "OC", "SA").map(Countries::continent))
                .doesNotContainNull()
                .isSubsetOf(Areas.names());
        assertThat(Countries.continent("--")).isNull();
    }

    @ParameterizedTest(name = "{0} -> {3}")
    @CsvSource({
        "Berlin,        52.5,   13.4, eu-central",
        "Paris,         48.9,    2.4, eu-west",
        "Madrid,        40.4,   -3.7, eu-south",
        "Istanbul,      41.0,   29.0, eu-south",
        "Oslo,          59.9,   10.8, eu-north",
        "San Francisco, 37.8, -122.4, us-west",
        "Seattle,       47.6, -122.3, us-west",
        "Boston,        42.4,  -71.1, us-east",
        "Houston,       29.8,  -95.4, us-south",
        "Chicago,       41.9,  -87.6, us-central",
        "Toronto,       43.7,  -79.4, ca-central",
        "Vancouver,     49.3, -123.1, ca-west",
        "Mexico City,   19.4,  -99.1, mx-central",
        "Sao Paulo,    -23.5,  -46.6, sa-east",
        "Lima,         -12.0,  -77.0, south-america",
        "Nairobi,       -1.3,   36.8, africa",
        "Lagos,          6.5,    3.4, africa",
        "Johannesburg, -26.2,   28.0, af-south",
        "Cape Town,    -33.9,   18.4, af-south",
        "Dubai,         25.2,   55.3, me-central",
        "Manama,        26.2,   50.6, me-south",
        "Tel Aviv,      32.1,   34.8, il-central",
        "Delhi,         28.6,   77.2, ap-south",
        "Tokyo,         35.7,  139.7, ap-northeast",
        "Seoul,         37.6,  127.0, ap-northeast",
        "Singapore,      1.4,  103.8, ap-southeast",
        "Hong Kong,     22.3,  114.2, ap-east",
        "Sydney,       -33.9,  151.2, oceania",
        "Auckland,     -36.8,  174.8, oceania",
        "Honolulu,      21.3, -157.9, us-west",
        "the North Pole, 90,      0,  us-west",
        "the date line,  52,    180,  us-west",
    })
    void aCoordinateIsInTheAreaOfTheNearestCity(String city, double latitude, double longitude, String area) {
        assertThat(Areas.nearest(new Coordinate(latitude, longitude))).as(city).isEqualTo(area);
    }

    @Test
    void whereThePeopleOfACountryAreIsInItsArea() {
        // Across a sea from their own: the nearest city is that of a neighbour.
        Set<String> others =
                Set.of("am", "cy", "dj", "fm", "ge", "gi", "gu", "ki", "mh", "mp", "mt", "pw", "tf", "tm", "um");
        assertThat(Countries.codes())
                .filteredOn(code -> !others.contains(code))
                .allSatisfy(code -> assertThat(
                                Areas.lineage(Areas.nearest(Objects.requireNonNull(Countries.centre(code))), Set.of()))
                        .contains(Countries.area(code)));
    }

    @Test
    void everyPlaceOnEarthIsInAnArea() {
        Forall.cases(random -> {
            String area = Areas.nearest(anywhere(random));
            assertThat(Areas.names()).contains(area);
        });
    }

    @Test
    void placingACoordinateAllocatesNothing() {
        Coordinate berlin = new Coordinate(52.5, 13.4);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        int found = 0;
        for (int i = 0; i < 20_000; i++) {
            found += Areas.nearest(berlin).length();
        }
        long before = threads.getThreadAllocatedBytes(self);
        for (int i = 0; i < 20_000; i++) {
            found += Areas.nearest(berlin).length();
        }
        long after = threads.getThreadAllocatedBytes(self);

        assertThat(found).isEqualTo(40_000 * "eu-central".length());
        assertThat(after - before).isLessThan(20_000);
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
