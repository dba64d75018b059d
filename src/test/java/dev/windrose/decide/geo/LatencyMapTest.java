package dev.windrose.decide.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.Forall;
import dev.windrose.model.RegionId;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatencyMapTest {

    private static final RegionId EAST = new RegionId("us-east-1");
    private static final RegionId IRELAND = new RegionId("eu-west-1");
    private static final RegionId SINGAPORE = new RegionId("ap-southeast-1");
    private static final long EUROPE = PlaceKey.of("europe");
    private static final long OFFICE = PlaceKey.parse("192.0.2.0/24");
    private static final int HOUR = 3600;

    private final RegionNumbers numbers = new RegionNumbers();
    private final LatencyMap map = map(1000);

    private LatencyMap map(int places) {
        return new LatencyMap(numbers, places, Duration.ofHours(1), Duration.ofMillis(3));
    }

    private void europe(RegionId to, double ms, int times, long now) {
        for (int i = 0; i < times; i++) {
            map.sample(EUROPE, "europe", PlaceKey.NONE, to, ms, now);
        }
    }

    private void office(RegionId to, double ms, int times, long now) {
        for (int i = 0; i < times; i++) {
            map.sample(OFFICE, null, EUROPE, to, ms, now);
        }
    }

    private double ms(long place, RegionId to, long now) {
        LatencyView view = map.view(Gazetteer.BUILT_IN, now);
        return view.ms(view.row(place), numbers.of(to));
    }

    private RegionId first(long place, long now) {
        LatencyView view = map.view(Gazetteer.BUILT_IN, now);
        return numbers.all().get(view.ordered(view.row(place), 0));
    }

    private LatencyMap.Place told(String place, double weight, RegionId to, double ms, double samples, long age) {
        return new LatencyMap.Place(
                place, "", weight, List.of(new LatencyMap.Leg(to.value(), ms, ms / 10, samples, age)));
    }

    private double samples(RegionId to, long now) {
        return map.shown(map.view(Gazetteer.BUILT_IN, now), EUROPE, 0, 10, now).get(0).legs().stream()
                .filter(leg -> leg.known().region().equals(to.value()))
                .mapToDouble(leg -> leg.known().samples())
                .sum();
    }

    @Test
    void whatIsImportedCountsInFullForAHalfLifeAndFadesAfterThat() {
        map.put(told("europe", 0, EAST, 90, 20, 0), 1000);
        long believed = map.imported(List.of(told("europe", 0, IRELAND, 30, 20, 0)), 1000);

        assertThat(map.fullSeconds()).isEqualTo(HOUR);
        assertThat(samples(EAST, 1060)).as("what is heard fades at once").isLessThan(20);
        assertThat(samples(IRELAND, 1060)).isEqualTo(20);
        assertThat(samples(IRELAND, 1000 + HOUR)).isEqualTo(20);
        assertThat(samples(IRELAND, 1000 + 2 * HOUR)).isCloseTo(10, within(0.1));
        assertThat(samples(IRELAND, 1000 + believed)).isCloseTo(RoundTripAverages.LEAST_SAMPLES, within(0.01));
        europe(IRELAND, 60, 10, 1100);
        assertThat(ms(EUROPE, IRELAND, 1100))
                .as("what clients measure moves it")
                .isGreaterThan(35);
    }

    @Test
    void anImportOfLongAgoIsBelievedForLess() {
        assertThat(map.imported(List.of(told("europe", 0, IRELAND, 30, 20, HOUR)), 10_000))
                .isEqualTo(map.imported(List.of(told("asia", 0, IRELAND, 30, 20, 0)), 10_000) - HOUR);
        assertThat(samples(IRELAND, 10_000)).isEqualTo(20);
        assertThat(samples(IRELAND, 10_000 + HOUR)).isCloseTo(10, within(0.1));
    }

    @Test
    void convergesToWhatIsMeasured() {
        Forall.cases(random -> {
            LatencyMap fresh = map(1000);
            double truth = 5 + random.nextInt(300);
            for (int i = 0; i < 100; i++) {
                double noisy = truth * Math.exp(0.05 * random.nextGaussian());
                fresh.sample(EUROPE, "europe", PlaceKey.NONE, IRELAND, noisy, i);
            }
            LatencyView view = fresh.view(Gazetteer.BUILT_IN, 100);
            double known = view.ms(view.row(EUROPE), numbers.of(IRELAND));
            // 32 samples: a standard error of 0.9 %; and half a sample's worth of the distance's 56 ms.
            assertThat(known).isCloseTo(truth, within(0.05 * truth + 1));
        });
    }

    @Test
    void beforeAnySampleTheDistanceIsWhatIsExpected() {
        numbers.of(IRELAND);
        map.put(new LatencyMap.Place("europe", "", 1, List.of()), 0);
        assertThat(ms(EUROPE, IRELAND, 0)).isCloseTo(Gazetteer.BUILT_IN.priorMs("europe", "eu-west-1"), within(0.01));
        LatencyView view = map.view(Gazetteer.BUILT_IN, 0);
        assertThat(view.measuredMs(view.row(EUROPE), numbers.of(IRELAND))).isNaN();
        assertThat(view.learned(view.row(EUROPE))).isFalse();
    }

    @Test
    void moreSamplesCountMoreThanTheDistance() {
        double prior = Gazetteer.BUILT_IN.priorMs("europe", "eu-west-1");
        double before = prior;
        for (int i = 0; i < 10; i++) {
            europe(IRELAND, 10, 1, 0);
            double now = ms(EUROPE, IRELAND, 0);
            assertThat(now).isLessThan(before).isGreaterThan(10);
            before = now;
        }
        assertThat(before).isCloseTo(10, within(0.05 * prior));
    }

    @Test
    void oneOutlierMovesLittle() {
        Random random = new Random(1);
        for (int i = 0; i < 40; i++) {
            europe(IRELAND, 30 + random.nextGaussian(), 1, i);
        }
        double before = ms(EUROPE, IRELAND, 40);
        europe(IRELAND, 3000, 1, 41);
        assertThat(ms(EUROPE, IRELAND, 41)).isCloseTo(before, within(0.5));
    }

    @Test
    void aLastingChangeGetsThrough() {
        europe(IRELAND, 30, 40, 0);
        int samples = 0;
        while (Math.abs(ms(EUROPE, IRELAND, 60) - 150) > 15) {
            europe(IRELAND, 150, 1, 60);
            samples++;
            assertThat(samples).isLessThan(150);
        }
        // Not by one or two, for those may be outliers.
        assertThat(samples).isGreaterThan(5);
    }

    @Test
    void oldSamplesFadeBackToTheDistance() {
        double prior = Gazetteer.BUILT_IN.priorMs("europe", "eu-west-1");
        europe(IRELAND, 300, 32, 0);
        double before = ms(EUROPE, IRELAND, 0);
        for (int hour = 1; hour < 15; hour++) {
            double now = ms(EUROPE, IRELAND, hour * HOUR);
            assertThat(now).isLessThan(before);
            before = now;
        }
        assertThat(before).isCloseTo(prior, within(2.0));
        europe(IRELAND, 100, 1, 20 * HOUR);
        assertThat(ms(EUROPE, IRELAND, 20 * HOUR))
                .as("a new sample is nearly alone")
                .isLessThan(110);
    }

    @Test
    void aNetworkIsExpectedToFareAsThePlaceItLiesIn() {
        europe(IRELAND, 80, 32, 0);
        office(EAST, 90, 1, 0);
        double area = ms(EUROPE, IRELAND, 0);
        assertThat(ms(OFFICE, IRELAND, 0)).isEqualTo(area);
        office(IRELAND, 20, 1, 0);
        assertThat(ms(OFFICE, IRELAND, 0)).isCloseTo((0.5 * area + 20) / 1.5, within(0.01));
        office(IRELAND, 20, 30, 0);
        assertThat(ms(OFFICE, IRELAND, 0)).isLessThan(22);
        assertThat(ms(EUROPE, IRELAND, 0)).as("the area is not moved by it").isEqualTo(area);
    }

    @Test
    void aNetworkWhoseAreaHasNoRowIsExpectedByDistance() {
        office(EAST, 90, 1, 0);
        numbers.of(IRELAND);
        assertThat(ms(OFFICE, IRELAND, 0)).isCloseTo(Gazetteer.BUILT_IN.priorMs("europe", "eu-west-1"), within(0.01));
        long cell = PlaceKey.parse("@53:13");
        long other = PlaceKey.parse("192.0.3.0/24");
        map.sample(other, null, cell, EAST, 100, 0);
        assertThat(ms(other, IRELAND, 0))
                .isCloseTo(Gazetteer.BUILT_IN.priorMs(PlaceKey.middle(cell), "eu-west-1"), within(0.01));
    }

    @Test
    void areasLearnFromTheRegionsThatObserveInThem() {
        for (int i = 0; i < 32; i++) {
            map.observed(IRELAND, SINGAPORE, 250, 0);
        }
        double prior = Gazetteer.BUILT_IN.priorMs("europe", SINGAPORE.value());
        assertThat(ms(EUROPE, SINGAPORE, 0)).isCloseTo((0.5 * prior + 4 * 250) / 4.5, within(0.01));
        assertThat(ms(PlaceKey.of("eu-west-1"), SINGAPORE, 0))
                .as("in the region itself it is measured")
                .isCloseTo(250, within(2.0));
        LatencyView view = map.view(Gazetteer.BUILT_IN, 0);
        assertThat(view.learned(view.row(EUROPE))).as("no client told").isFalse();
        assertThat(view.measuredMs(view.row(EUROPE), numbers.of(SINGAPORE))).isNotNaN();
        assertThat(view.row(PlaceKey.of("asia"))).isEqualTo(LatencyView.NONE);
    }

    @Test
    void clientsKnowBetterThanTheRegionsThatObserveAroundThem() {
        for (int i = 0; i < 32; i++) {
            map.observed(IRELAND, SINGAPORE, 250, 0);
            europe(SINGAPORE, 300, 1, 0);
        }
        assertThat(ms(EUROPE, SINGAPORE, 0)).isCloseTo(300, within(2.0));
        europe(EAST, 90, 1, 0);
        map.observed(IRELAND, EAST, 70, 0);
        assertThat(ms(EUROPE, EAST, 0)).as("one sample and what is observed").isBetween(75.0, 95.0);
    }

    @Test
    void whatClientsInAnObservingRegionTellIsTheirsAndShared() {
        map.observed(IRELAND, EAST, 80, 0);
        map.sample(PlaceKey.of("eu-west-1"), "eu-west-1", PlaceKey.NONE, EAST, 100, 0);
        assertThat(map.heaviest(10, 0)).singleElement().satisfies(place -> {
            assertThat(place.place()).isEqualTo("eu-west-1");
            assertThat(place.legs().get(0).meanMs()).isEqualTo(100);
        });
        LatencyView view = map.view(Gazetteer.BUILT_IN, 0);
        assertThat(view.learned(view.row(PlaceKey.of("eu-west-1")))).isTrue();
        assertThat(view.samples(view.row(PlaceKey.of("eu-west-1")), numbers.of(EAST)))
                .isEqualTo(2);
    }

    @Test
    void aRegionThatIsAheadStaysAheadUntilItIsBeatenByTheBonus() {
        europe(EAST, 50, 32, 0);
        europe(IRELAND, 60, 32, 0);
        assertThat(first(EUROPE, 0)).isEqualTo(EAST);
        europe(IRELAND, 49.5, 200, 1);
        assertThat(first(EUROPE, 1)).as("nearer by less than the bonus").isEqualTo(EAST);
        europe(IRELAND, 40, 200, 2);
        assertThat(first(EUROPE, 2)).isEqualTo(IRELAND);
        europe(IRELAND, 51, 200, 3);
        assertThat(first(EUROPE, 3)).as("the way back has its bonus too").isEqualTo(IRELAND);
    }

    @Test
    void whatOthersTellCountsAsWellAndIsReplacedByWhatTheyTellNext() {
        europe(IRELAND, 30, 8, 0);
        map.hear("b", List.of(told("europe", 8, IRELAND, 60, 8, 0)), 0);
        assertThat(ms(EUROPE, IRELAND, 0)).isCloseTo(45, within(1.0));
        map.hear("b", List.of(told("europe", 8, IRELAND, 30, 8, 0), told("asia", 5, SINGAPORE, 20, 8, 0)), 0);
        assertThat(ms(EUROPE, IRELAND, 0)).isCloseTo(30, within(2.0));
        assertThat(ms(PlaceKey.of("asia"), SINGAPORE, 0)).isLessThan(25);
        map.hear("b", List.of(told("asia", 5, SINGAPORE, 20, 8, 0)), 0);
        assertThat(ms(EUROPE, IRELAND, 0)).isCloseTo(30, within(3.0));
        LatencyView view = map.view(Gazetteer.BUILT_IN, 0);
        assertThat(view.samples(view.row(EUROPE), numbers.of(IRELAND))).isEqualTo(8);
        map.forget("b");
        view = map.view(Gazetteer.BUILT_IN, 0);
        assertThat(view.samples(view.row(PlaceKey.of("asia")), numbers.of(SINGAPORE)))
                .isZero();
        assertThat(map.heaviest(10, 0)).as("what was heard is not handed on").hasSize(1);
    }

    @Test
    void whatOthersToldFadesAndIsForgotten() {
        map.hear("gone", List.of(told("europe", 8, IRELAND, 300, 32, HOUR)), 10 * HOUR);
        LatencyView view = map.view(Gazetteer.BUILT_IN, 10 * HOUR);
        assertThat(view.samples(view.row(EUROPE), numbers.of(IRELAND))).isCloseTo(16, within(0.1));
        map.fade(16 * HOUR);
        assertThat(samplesOfEurope(16 * HOUR)).isPositive();
        map.fade(18 * HOUR);
        assertThat(samplesOfEurope(18 * HOUR)).isZero();
    }

    private double samplesOfEurope(long now) {
        LatencyView view = map.view(Gazetteer.BUILT_IN, now);
        return view.samples(view.row(EUROPE), numbers.of(IRELAND));
    }

    @Test
    void whatIsPutReplacesWhatWasMeasured() {
        europe(IRELAND, 30, 32, 0);
        map.put(told("europe", 5, IRELAND, 90, 1000, 0), 0);
        assertThat(map.heaviest(10, 0)).singleElement().satisfies(place -> {
            assertThat(place.legs().get(0).meanMs()).isEqualTo(90);
            assertThat(place.legs().get(0).samples()).isEqualTo(32);
            assertThat(place.weight()).isEqualTo(32);
        });
        assertThat(map.drop(EUROPE)).isTrue();
        assertThat(map.drop(EUROPE)).isFalse();
        assertThat(map.size()).isZero();
    }

    @Test
    void whatOneMapTellsAnotherTakes() {
        europe(IRELAND, 30, 5, 0);
        office(IRELAND, 20, 5, 0);
        LatencyMap other = new LatencyMap(new RegionNumbers(), 1000, Duration.ofHours(1), Duration.ofMillis(3));
        map.heaviest(10, 60).forEach(place -> other.put(place, 1_000_000));
        assertThat(other.heaviest(10, 1_000_000))
                .usingRecursiveComparison()
                .withComparatorForType((a, b) -> Math.abs(a - b) < 1e-5 ? 0 : Double.compare(a, b), Double.class)
                .isEqualTo(map.heaviest(10, 60));
        assertThat(other.heaviest(10, 1_000_000))
                .extracting(LatencyMap.Place::place, LatencyMap.Place::within)
                .containsExactly(tuple("europe", ""), tuple("192.0.2.0/24", "europe"));
    }

    @Test
    void peopleSeeWhatIsKnownAndWhatDecides() {
        europe(IRELAND, 30, 4, 0);
        map.hear("b", List.of(told("europe", 4, IRELAND, 50, 4, 5)), 60);
        numbers.of(EAST);
        LatencyView view = map.view(Gazetteer.BUILT_IN, 60);
        assertThat(map.shown(view, EUROPE, 0, 10, 60)).singleElement().satisfies(place -> {
            assertThat(place.weight()).isCloseTo(8, within(0.2));
            assertThat(place.legs()).hasSize(2);
            LatencyMap.ShownLeg leg = place.legs().get(0);
            assertThat(leg.measured()).isTrue();
            assertThat(leg.known().meanMs()).isCloseTo(40, within(0.2));
            assertThat(leg.known().samples()).isCloseTo(8, within(0.2));
            assertThat(leg.known().ageSeconds()).isEqualTo(5);
            assertThat(leg.estimateMs()).isCloseTo(40, within(2.0));
            assertThat(place.legs().get(1).measured()).isFalse();
            assertThat(place.legs().get(1).known().samples()).isZero();
            assertThat(place.legs().get(1).estimateMs()).isPositive();
        });
        assertThat(map.shown(view, OFFICE, 0, 10, 60)).isEmpty();
        assertThat(map.shown(view, PlaceKey.NONE, 1, 10, 60)).isEmpty();
    }

    @Test
    void whatIsNoRoundTripIsPassedOver() {
        for (double ms : new double[] {0, -1, Double.NaN}) {
            europe(IRELAND, ms, 1, 0);
        }
        assertThat(map.heaviest(10, 0)).isEmpty();
        for (int i = 0; i < RegionNumbers.AT_MOST + 10; i++) {
            europe(new RegionId("region-" + i), 10, 1, 0);
        }
        assertThat(numbers.all()).hasSize(RegionNumbers.AT_MOST);
        assertThat(map.view(Gazetteer.BUILT_IN, 0).regions()).isEqualTo(RegionNumbers.AT_MOST);
    }

    /** 120,000 places into a map of 100,000: the lightest, and of those the oldest, make room; and the memory of it all. */
    @Test
    void whenItIsFullTheLightestAndOldestMakeRoom() {
        long empty = used();
        LatencyMap large = map(100_000);
        List<RegionId> regions =
                IntStream.range(0, 8).mapToObj(i -> new RegionId("region-" + i)).toList();
        for (int place = 0; place < 120_000; place++) {
            // Every tenth has three times the traffic.
            for (int times = 0; times < (place % 10 == 0 ? 3 : 1); times++) {
                for (RegionId region : regions) {
                    large.sample(network(place), null, PlaceKey.NONE, region, 20 + place % 100, place / 1000);
                }
            }
        }
        LatencyView before = large.view(Gazetteer.BUILT_IN, 120);
        long began = System.nanoTime();
        LatencyView view = large.view(Gazetteer.BUILT_IN, 121);
        long builtMs = (System.nanoTime() - began) / 1_000_000;
        // The old view and the new one, as while decisions still read the old.
        long bytes = used() - empty;
        System.out.printf(
                Locale.ROOT,
                "%d places by %d regions: map and two views %.1f MiB, a view in %d ms%n",
                large.size(),
                regions.size(),
                bytes / 1024.0 / 1024,
                builtMs);
        assertThat(large.size()).isBetween(95_000, 100_000);
        assertThat(large.dropped()).isEqualTo(120_000 - large.size());
        assertThat(before.size())
                .isEqualTo(view.size())
                .as("and that of everybody")
                .isEqualTo(large.size() + 1);
        List<Integer> gone = new ArrayList<>();
        for (int place = 0; place < 120_000; place++) {
            if (view.row(network(place)) == LatencyView.NONE) {
                gone.add(place);
            }
        }
        assertThat(gone).as("heavy ones stay").noneMatch(place -> place % 10 == 0);
        assertThat(gone).as("of the light ones the oldest go").allMatch(place -> place < 30_000);
        assertThat(bytes).isLessThanOrEqualTo(200L * 1024 * 1024);
    }

    private static long network(int number) {
        return PlaceKey.of(new byte[] {(byte) (10 + (number >> 16)), (byte) (number >> 8), (byte) number, 0});
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
