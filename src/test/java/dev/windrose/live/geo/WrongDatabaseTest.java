package dev.windrose.live.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.maxmind.db.Reader;
import dev.windrose.Forall;
import dev.windrose.decide.geo.Networks;
import dev.windrose.model.Identifier;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever file is put in its place, a database that was read stays in use until a sound one comes, and nothing is thrown. */
class WrongDatabaseTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private DatabaseTrial trial;
    private Networks before;

    @BeforeEach
    void readAGoodOne() throws IOException {
        trial = new DatabaseTrial(directory);
        trial.replace(new MmdbWriter(6, 24)
                .put("192.0.2.0/24", MmdbWriter.country("SE"))
                .put("2001:db8::/32", MmdbWriter.country("NO"))
                .bytes());
        trial.look();
        before = trial.networks();
        theOneBeforeIsInUse();
    }

    @AfterEach
    void end() {
        trial.close();
    }

    private void theOneBeforeIsInUse() {
        assertThat(trial.networks()).isSameAs(before);
        assertThat(trial.place("192.0.2.1")).isEqualTo(new Networks.Place("se", null));
        assertThat(trial.place("2001:db8::1")).isEqualTo(new Networks.Place("no", null));
    }

    private void refused(String why) {
        assertThat(trial.refused()).isTrue();
        assertThat(trial.said())
                .startsWith("database [" + trial.path() + "] cannot be used, the previous content stays in use: ")
                .contains(why)
                .doesNotContain("cannot be understood");
        theOneBeforeIsInUse();
        assertThat(directory).isDirectoryNotContaining("glob:**reading");
    }

    static List<WrongDatabases.Wrong> wrong() {
        return WrongDatabases.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void isRefusedWithAClearError(WrongDatabases.Wrong wrong) throws IOException {
        trial.replace(wrong.bytes());
        long began = System.nanoTime();
        trial.look();

        refused(wrong.why());
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
    }

    @Test
    void thereAreManyKinds() {
        assertThat(wrong())
                .hasSizeGreaterThan(100)
                .extracting(WrongDatabases.Wrong::kind)
                .doesNotHaveDuplicates();
    }

    @Test
    void aDirectoryIsRefused() throws IOException {
        Files.delete(trial.path());
        Files.createDirectory(trial.path());
        trial.look();
        refused("it is not a regular file");
    }

    @Test
    void aDeviceIsRefused() throws IOException {
        assumeThat(Path.of("/dev/zero")).exists();
        Files.delete(trial.path());
        Files.createSymbolicLink(trial.path(), Path.of("/dev/zero"));
        trial.look();
        refused("it is not a regular file");
        Files.delete(trial.path());
    }

    @Test
    void oneThatIsTooLargeIsRefused() throws IOException {
        byte[] good = WrongDatabases.good().bytes();
        for (long[] most : new long[][] {{good.length - 1, DatabaseTrial.MEMORY}, {good.length, 300}}) {
            try (DatabaseTrial small = new DatabaseTrial(directory, most[0], most[1])) {
                small.replace(good);
                small.look();
                assertThat(small.refused()).isTrue();
                assertThat(small.said())
                        .containsPattern(
                                "bytes (of memory or more )?\\(expected: at most " + most[most[1] == 300 ? 1 : 0]);
                assertThat(small.networks()).isSameAs(Networks.NONE);
            }
        }
    }

    @Test
    void memoryIsReckonedBeforeItIsTaken() throws IOException {
        MmdbWriter writer = new MmdbWriter(6, 32);
        for (int i = 0; i < 20_000; i++) {
            writer.put("2001:db8:" + Integer.toHexString(i) + "::/48", MmdbWriter.city("DE", i / 1000.0, i % 7));
        }
        byte[] bytes = writer.bytes();
        int read = 0;
        for (long memory = 1 << 20; memory <= 8 << 20; memory += 1 << 20) {
            try (DatabaseTrial small = new DatabaseTrial(directory, bytes.length, memory)) {
                small.replace(bytes);
                small.look();
                read += small.refused() ? 0 : 1;
                // The indexes by upper bits, half a megabyte, are always there.
                assertThat(small.networks().bytes()).isLessThan(memory + (1 << 19) + 1024);
                assertThat(small.networks().size()).isEqualTo(small.refused() ? 0 : 20_000);
            }
        }
        assertThat(read).isBetween(2, 7);
    }

    @Test
    void oneThatIsCutOffIsRefusedWhereverItIsCut() throws IOException {
        byte[] good = WrongDatabases.good().bytes();
        for (int length = 0; length < good.length; length++) {
            trial.replace(Arrays.copyOf(good, length));
            trial.look();
            refused("");
        }
        trial.replace(good);
        trial.look();
        assertThat(trial.refused()).isFalse();
    }

    @ParameterizedTest(name = "IPv{0}")
    @ValueSource(ints = {4, 6})
    void anyByteMayBeWrong(int ipVersion) throws IOException {
        byte[] good = new MmdbWriter(ipVersion, 24)
                .put("10.0.0.0/30", MmdbWriter.city("FR", 48.85, 2.35))
                .put("10.0.0.2/32", MmdbWriter.country("DE"))
                .bytes();
        Random random = new Random(ipVersion);
        int refused = 0;
        for (int at = 0; at < good.length; at++) {
            byte[] bytes = good.clone();
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            refused += isRefusedOrSound(bytes, random) ? 1 : 0;
        }
        System.out.println("IPv" + ipVersion + ", seed " + ipVersion + ": of " + good.length
                + " databases with one wrong bit " + refused + " refused");
        assertThat(refused).isBetween(good.length / 2, good.length - 1);
    }

    @Test
    void anyBytesMayBeWrong() {
        AtomicInteger refused = new AtomicInteger();
        AtomicInteger tried = new AtomicInteger();
        Forall.cases(random -> {
            byte[] bytes = RandomDatabases.next(random).bytes();
            int flips = 1 + random.nextInt(8);
            // Where bytes mean most: in the tree, the data and the metadata alike.
            int from = random.nextInt(bytes.length);
            int span = 1 + random.nextInt(bytes.length - from);
            for (int i = 0; i < flips; i++) {
                bytes[from + random.nextInt(span)] = (byte) random.nextInt(256);
            }
            tried.incrementAndGet();
            refused.addAndGet(isRefusedOrSound(bytes, random) ? 1 : 0);
        });
        System.out.println("of " + tried + " databases with wrong bytes (seeds 0 to 499) " + refused + " refused");
        assertThat(refused.get()).isBetween(tried.get() / 4, tried.get());
    }

    @Test
    void mixturesOfTwoMayBeWrong() {
        Forall.cases(random -> {
            byte[] first = RandomDatabases.next(random).bytes();
            byte[] second = RandomDatabases.next(random).bytes();
            int cut = random.nextInt(Math.min(first.length, second.length));
            byte[] bytes = second.clone();
            System.arraycopy(first, 0, bytes, 0, cut);
            isRefusedOrSound(bytes, random);
        });
    }

    /** Whether it is refused. If not, all that is said is a place, and the library says the same. */
    private boolean isRefusedOrSound(byte[] bytes, Random random) throws IOException {
        Networks kept = trial.networks();
        trial.replace(bytes);
        long began = System.nanoTime();
        trial.look();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
        assertThat(trial.said()).doesNotContain("cannot be understood");
        if (trial.refused()) {
            assertThat(trial.networks()).isSameAs(kept);
            return true;
        }
        Reader reader = new Reader(new ByteArrayInputStream(bytes));
        for (int i = 0; i < 20; i++) {
            byte[] address = RandomDatabases.address(random);
            Networks.Place place = trial.networks().of(address);
            if (place != null && place.area() != null) {
                assertThat(place.area()).matches(Identifier.FORM);
            }
            if (reader.getMetadata().ipVersion() == 6 || address.length == 4) {
                PlaceRecord record = reader.get(InetAddress.getByAddress(address), PlaceRecord.class);
                Networks.Place said = record == null ? null : record.place();
                assertThat(place == null || Objects.equals(place, said))
                        .as("%s, the library: %s", place, said)
                        .isTrue();
            }
        }
        return false;
    }
}
