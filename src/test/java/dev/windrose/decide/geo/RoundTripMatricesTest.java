package dev.windrose.decide.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.windrose.model.Coordinate;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Chooses among eight regions for clients of whom the true round trips are known: those between the regions of public
 * clouds. Needs the matrices in {@code ../shared/data/rtt}.
 */
class RoundTripMatricesTest {

    private static final Path DATA = Path.of("../shared/data/rtt");
    private static final int CHOSEN_FROM = 8;
    private static final int DRAWS = 200;
    private static final int SAMPLES = 20;
    private static final double NEAR_ENOUGH_MS = 5;
    private static final Duration BONUS = Duration.ofMillis(3);

    /** Round trips in ms from each place to each region, and where they are. */
    private record Matrix(Map<String, Map<String, Double>> ms, Map<String, Coordinate> coordinates) {}

    /** Decisions, and those that were right or near enough. */
    private static final class Score {
        private int all = 0;
        private int right = 0;
        private int near = 0;
        private double lostMs = 0;

        void add(double chosenMs, double bestMs) {
            all++;
            right += chosenMs <= bestMs ? 1 : 0;
            near += chosenMs <= bestMs + NEAR_ENOUGH_MS ? 1 : 0;
            lostMs += chosenMs - bestMs;
        }

        double near() {
            return (double) near / all;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%.1f %% the best, %.1f %% within %.0f ms, %.1f ms lost on average, of %d",
                    100.0 * right / all,
                    100 * near(),
                    NEAR_ENOUGH_MS,
                    lostMs / all,
                    all);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "aws, aws_ping_2020-06-05_fantoch.csv",
        "gcp, gcp_ping_2020-06_fantoch.csv",
        "azure, azure_p50_rtt_ms_2026-07-30.csv"
    })
    void afterTwentySamplesTheBestIsChosen(String provider, String file) throws IOException {
        assumeTrue(Files.isDirectory(DATA), "needs the round trips in ../shared/data/rtt");
        Matrix matrix = provider.equals("azure") ? azure(DATA.resolve(file)) : pings(DATA.resolve(file), provider);
        Score prior = new Score();
        Score learned = new Score();
        Score few = new Score();
        for (int seed = 0; seed < DRAWS; seed++) {
            Random random = new Random(seed);
            List<String> names = new ArrayList<>(matrix.ms().keySet());
            Collections.sort(names);
            Collections.shuffle(names, random);
            List<String> regions = names.subList(0, CHOSEN_FROM);
            RegionNumbers numbers = new RegionNumbers();
            LatencyMap map = new LatencyMap(numbers, 1000, Duration.ofHours(1), BONUS);
            Gazetteer gazetteer = gazetteer(matrix);
            regions.forEach(region -> numbers.of(new RegionId(region)));
            List<String> clients = names.subList(CHOSEN_FROM, names.size());
            for (String client : clients) {
                // Nothing is measured yet, but the place is known.
                map.put(new LatencyMap.Place(client, "", 1, List.of()), 0);
            }
            score(map.view(gazetteer, 0), clients, regions, matrix, numbers, prior);
            for (int i = 0; i < SAMPLES; i++) {
                for (String client : clients) {
                    for (String region : regions) {
                        Double ms = of(matrix, client, region);
                        if (ms != null) {
                            map.sample(
                                    PlaceKey.of(client),
                                    client,
                                    PlaceKey.NONE,
                                    new RegionId(region),
                                    noisy(ms, random),
                                    60);
                        }
                    }
                }
                if (i == 1) {
                    score(map.view(gazetteer, 60), clients, regions, matrix, numbers, few);
                }
            }
            score(map.view(gazetteer, 60), clients, regions, matrix, numbers, learned);
        }
        System.out.println(provider + ": by distance alone " + prior);
        System.out.println(provider + ": after 2 samples   " + few);
        System.out.println(provider + ": after 20 samples  " + learned);
        assertThat(learned.near()).as(provider).isGreaterThanOrEqualTo(0.98);
        assertThat(prior.near()).as("there is something to learn").isLessThan(learned.near());
    }

    /** Up to a tenth more or less, a queue of 5 ms on average, and in one of fifty a retransmission. */
    private static double noisy(double ms, Random random) {
        double jitter = ms * Math.exp(0.1 * random.nextGaussian()) - 5 * Math.log(1 - random.nextDouble());
        return random.nextInt(50) == 0 ? jitter * 3 : jitter;
    }

    private static void score(
            LatencyView view,
            List<String> clients,
            List<String> regions,
            Matrix matrix,
            RegionNumbers numbers,
            Score score) {
        List<RegionId> all = numbers.all();
        for (String client : clients) {
            double best = Double.POSITIVE_INFINITY;
            boolean known = true;
            for (String region : regions) {
                Double ms = of(matrix, client, region);
                known &= ms != null;
                best = Math.min(best, ms == null ? best : ms);
            }
            if (known) {
                int row = view.row(PlaceKey.of(client));
                Double chosen = of(matrix, client, all.get(view.ordered(row, 0)).value());
                score.add(chosen == null ? Double.NaN : chosen, best);
            }
        }
    }

    private static Double of(Matrix matrix, String from, String to) {
        return matrix.ms().get(from).get(to);
    }

    private static Gazetteer gazetteer(Matrix matrix) {
        List<Region> regions = new ArrayList<>();
        matrix.coordinates()
                .forEach((name, place) ->
                        regions.add(new Region(new RegionId(name), List.of(), place, 0, Set.of(), null)));
        return new Gazetteer(regions);
    }

    private static Matrix pings(Path file, String provider) throws IOException {
        Map<String, Map<String, Double>> ms = new HashMap<>();
        for (String line :
                Files.readAllLines(file).subList(1, Files.readAllLines(file).size())) {
            String[] parts = line.split(",", -1);
            ms.computeIfAbsent(parts[0], from -> new HashMap<>()).put(parts[1], Double.parseDouble(parts[3]));
        }
        return new Matrix(ms, coordinates(provider, ms.keySet()));
    }

    private static Matrix azure(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        String[] to = lines.get(0).split(",", -1);
        Map<String, Map<String, Double>> ms = new HashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] parts = line.split(",", -1);
            Map<String, Double> row = ms.computeIfAbsent(name(parts[0]), from -> new HashMap<>());
            for (int i = 1; i < parts.length; i++) {
                if (!parts[i].isBlank()) {
                    row.put(name(to[i]), Double.parseDouble(parts[i]));
                }
            }
        }
        Map<String, Coordinate> places = coordinates("azure", ms.keySet());
        ms.keySet().retainAll(places.keySet());
        ms.values().forEach(row -> row.keySet().retainAll(places.keySet()));
        return new Matrix(ms, places);
    }

    private static String name(String shown) {
        return shown.toLowerCase(Locale.ROOT).replace(" ", "");
    }

    private static Map<String, Coordinate> coordinates(String provider, Set<String> names) throws IOException {
        Map<String, Coordinate> places = new HashMap<>();
        for (String line : Files.readAllLines(DATA.resolve("cloud_region_coordinates.csv"))) {
            String[] parts = line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1);
            if (parts[0].equals(provider) && names.contains(name(parts[1]))) {
                places.put(
                        name(parts[1]),
                        new Coordinate(
                                Double.parseDouble(parts[parts.length - 2]),
                                Double.parseDouble(parts[parts.length - 1])));
            }
        }
        for (String name : names) {
            Coordinate known = RegionCatalogue.place(name);
            if (known != null) {
                places.putIfAbsent(name, known);
            }
        }
        return places;
    }
}
