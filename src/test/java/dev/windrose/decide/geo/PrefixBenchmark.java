package dev.windrose.decide.geo;

import dev.windrose.Measured;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** What it costs to place an address among a million blocks, seven of ten of them IPv4. {@code mvn -Pbenchmark test}. */
public class PrefixBenchmark extends Measured {

    private static final int BLOCKS = 1_000_000;

    @Param({"ipv4", "ipv6"})
    public String asked;

    private PrefixTable table = PrefixTable.EMPTY;
    private final byte[][] addresses = new byte[1 << 16][];
    private int next = 0;

    /** A million blocks as the internet has them: IPv4 of 16 to 24 bits, IPv6 of 32 to 48 within 2000::/6. */
    static PrefixTable million() {
        SplittableRandom random = new SplittableRandom(1);
        List<PrefixTable.Entry> entries = new ArrayList<>(BLOCKS);
        for (int i = 0; i < BLOCKS; i++) {
            boolean ipv4 = i % 10 < 7;
            int length = ipv4 ? 96 + 16 + random.nextInt(9) : 32 + random.nextInt(17);
            long high = ipv4 ? 0 : (0x2000L << 48 | random.nextLong() >>> 6) & Prefix.mask(length);
            long low = ipv4 ? (0xFFFFL << 32 | random.nextLong() >>> 32) & Prefix.mask(length - 64) : 0;
            entries.add(new PrefixTable.Entry(new Prefix(high, low, length), i % 1000));
        }
        return PrefixTable.of(entries);
    }

    @Setup
    public void make() {
        table = million();
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = new byte[asked.equals("ipv4") ? 4 : 16];
            random.nextBytes(addresses[i]);
            if (addresses[i].length == 16) {
                addresses[i][0] = (byte) (0x20 | (addresses[i][0] & 3));
            }
        }
    }

    @Benchmark
    public int find() {
        return table.find(addresses[next++ & (addresses.length - 1)]);
    }

    @Test
    @Tag("benchmark")
    void amongAMillionBlocks() throws RunnerException {
        PrefixTable million = million();
        System.out.printf(Locale.ROOT, "%s, %.1f MiB%n", million, million.bytes() / 1048576.0);
        Measured.print(
                new Runner(new OptionsBuilder()
                                .include(PrefixBenchmark.class.getName())
                                .addProfiler(GCProfiler.class)
                                .build())
                        .run(),
                "asked");
    }
}
