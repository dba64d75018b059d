package dev.windrose.live.geo;

import com.maxmind.db.Reader;
import dev.windrose.decide.geo.Networks;
import dev.windrose.watch.GeoMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.Statistics;

/**
 * What it costs to place an address by a database of 300,000 blocks of cities, and what the library alone would take for it.
 * {@code mvn -Pbenchmark test}; {@code -Dwindrose.mmdb=FILE} asks another database.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class PlacesBenchmark {

    private static final int BLOCKS = 300_000;

    private static final String OTHER = "windrose.mmdb";

    @Param({"ipv4", "ipv6"})
    public String asked;

    @Param("")
    public String file;

    private Networks networks = Networks.NONE;
    private @Nullable Reader reader = null;
    private final byte[][] addresses = new byte[1 << 16][];
    private int next = 0;

    /** Seven of ten blocks are IPv4 of 16 to 24 bits, the others IPv6 of 32 to 48 within 2000::/6. */
    private static byte[] cities() {
        SplittableRandom random = new SplittableRandom(1);
        MmdbWriter writer = new MmdbWriter(6, 28);
        String[] countries = {"US", "DE", "JP", "BR", "IN", "FR", "ZA", "AU"};
        for (int i = 0; i < BLOCKS; i++) {
            long bits = random.nextLong();
            String block = i % 10 < 7
                    ? (bits >>> 56) + "." + (bits >>> 48 & 0xFF) + "." + (bits >>> 40 & 0xFF) + ".0/24"
                    : Long.toHexString(0x2000 | bits >>> 54) + ":" + Long.toHexString(bits >>> 16 & 0xFFFF) + ":"
                            + Long.toHexString(bits & 0xFFFF) + "::/48";
            int city = random.nextInt(20_000);
            writer.put(block, MmdbWriter.city(countries[city % countries.length], city % 140 / 2.0, city / 140 - 70.0));
        }
        return writer.bytes();
    }

    @Setup
    public void make() throws IOException {
        byte[] bytes = bytes(file);
        networks = read(bytes).networks();
        reader = new Reader(new ByteArrayInputStream(bytes));
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = new byte[asked.equals("ipv4") ? 4 : 16];
            random.nextBytes(addresses[i]);
            if (addresses[i].length == 16) {
                addresses[i][0] = (byte) (0x20 | (addresses[i][0] & 3));
            }
        }
    }

    private static byte[] bytes(String file) throws IOException {
        return file.isEmpty() ? cities() : Files.readAllBytes(Path.of(file));
    }

    private static PlacesDatabase read(byte[] bytes) throws IOException {
        Path directory = Files.createTempDirectory("places");
        Path file = Files.write(directory.resolve("places.mmdb"), bytes);
        PlacesDatabase database = new PlacesDatabase(file, directory, new GeoMeters(new SimpleMeterRegistry()));
        database.look();
        Files.delete(file);
        Files.delete(directory);
        return database;
    }

    private byte[] address() {
        return addresses[next++ & (addresses.length - 1)];
    }

    @Benchmark
    public Networks.@Nullable Place table() {
        return networks.of(address());
    }

    @Benchmark
    public Networks.@Nullable Place library() throws IOException {
        PlaceRecord record = reader.get(InetAddress.getByAddress(address()), PlaceRecord.class);
        return record == null ? null : record.place();
    }

    @Test
    @Tag("benchmark")
    void inADatabaseOfCities() throws IOException, RunnerException {
        String other = System.getProperty(OTHER, "");
        byte[] bytes = bytes(other);
        for (int i = 0; i < 3; i++) {
            long began = System.nanoTime();
            Networks read = read(bytes).networks();
            System.out.printf(
                    Locale.ROOT,
                    "a file of %.1f MiB read in %d ms: %s%n",
                    bytes.length / 1048576.0,
                    (System.nanoTime() - began) / 1_000_000,
                    read);
        }
        System.out.println("| | asked | best ns | median ns | B/op |");
        System.out.println("|---|---|---|---|---|");
        for (RunResult result : new Runner(new OptionsBuilder()
                        .include(PlacesBenchmark.class.getName())
                        .addProfiler(GCProfiler.class)
                        .param("file", other)
                        .build())
                .run()) {
            Statistics ns = result.getPrimaryResult().getStatistics();
            Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %.0f | %.0f | %d |%n",
                    result.getPrimaryResult().getLabel(),
                    result.getParams().getParam("asked"),
                    ns.getMin(),
                    ns.getPercentile(50),
                    allocated == null ? -1 : Math.round(allocated.getScore()));
        }
    }
}
