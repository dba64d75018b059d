package dev.windrose.live.geo;

import static org.assertj.core.api.Assertions.assertThat;

import com.maxmind.db.Reader;
import dev.windrose.Forall;
import dev.windrose.decide.geo.Networks;
import dev.windrose.model.Coordinate;
import dev.windrose.watch.GeoMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacesDatabaseTest {

    @TempDir
    private Path directory;

    private DatabaseTrial trial;

    @BeforeEach
    void start() {
        trial = new DatabaseTrial(directory);
    }

    @AfterEach
    void end() {
        trial.close();
    }

    private void read(byte[] bytes) throws IOException {
        trial.replace(bytes);
        trial.look();
        assertThat(trial.refused()).as(trial.said()).isFalse();
    }

    private static Networks.Place in(String area) {
        return new Networks.Place(area, null);
    }

    @ParameterizedTest(name = "IPv{0}, records of {1} bits")
    @CsvSource({"4, 24", "4, 28", "4, 32", "6, 24", "6, 28", "6, 32"})
    void placesAddressesByTheSmallestBlock(int ipVersion, int recordBits) throws IOException {
        MmdbWriter writer = new MmdbWriter(ipVersion, recordBits)
                .put("0.0.0.0/1", MmdbWriter.country("US"))
                .put("10.0.0.0/8", MmdbWriter.country("DE"))
                .put("10.1.0.0/16", MmdbWriter.city("FR", 48.85, 2.35))
                .put("10.1.2.3/32", MmdbWriter.country("JP"))
                .put("255.255.255.255", MmdbWriter.country("AU"));
        if (ipVersion == 6) {
            writer.put("2001:db8::/32", MmdbWriter.country("GB"))
                    .put("2001:db8:1::/48", MmdbWriter.city("IE", 53.35, -6.26))
                    .put("2001:db8:1:2:3:4:5:6", MmdbWriter.country("BR"))
                    .put("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", MmdbWriter.country("ZA"));
        }
        read(writer.bytes());

        assertThat(trial.place("8.8.8.8")).isEqualTo(in("us"));
        assertThat(trial.place("9.255.255.255")).isEqualTo(in("us"));
        assertThat(trial.place("10.0.0.0")).isEqualTo(in("de"));
        assertThat(trial.place("10.1.255.255")).isEqualTo(new Networks.Place("fr", new Coordinate(48.85, 2.35)));
        assertThat(trial.place("10.1.2.2")).isEqualTo(new Networks.Place("fr", new Coordinate(48.85, 2.35)));
        assertThat(trial.place("10.1.2.3")).isEqualTo(in("jp"));
        assertThat(trial.place("10.2.0.0")).isEqualTo(in("de"));
        assertThat(trial.place("::ffff:10.2.0.0")).isEqualTo(in("de"));
        assertThat(trial.place("11.0.0.0")).isEqualTo(in("us"));
        assertThat(trial.place("128.0.0.0")).isNull();
        assertThat(trial.place("255.255.255.254")).isNull();
        assertThat(trial.place("255.255.255.255")).isEqualTo(in("au"));
        boolean six = ipVersion == 6;
        assertThat(trial.place("2001:db8::1")).isEqualTo(six ? in("gb") : null);
        assertThat(trial.place("2001:db8:1::"))
                .isEqualTo(six ? new Networks.Place("ie", new Coordinate(53.35, -6.26)) : null);
        assertThat(trial.place("2001:db8:1:2:3:4:5:6")).isEqualTo(six ? in("br") : null);
        assertThat(trial.place("2001:db8:2::")).isEqualTo(six ? in("gb") : null);
        assertThat(trial.place("2001:db9::")).isNull();
        assertThat(trial.place("::1")).isNull();
        assertThat(trial.place("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")).isEqualTo(six ? in("za") : null);
        assertThat(trial.gauge(GeoMeters.DATABASE_BUILT)).isEqualTo(1_700_000_000);
        assertThat(trial.gauge(GeoMeters.DATABASE_NODES)).isGreaterThan(30);
        assertThat(trial.gauge(GeoMeters.DATABASE_BLOCKS)).isGreaterThan(30);
        assertThat(trial.gauge(GeoMeters.DATABASE_BYTES)).isGreaterThan(500_000);
        assertThat(Files.list(directory)).containsExactly(trial.path());
    }

    private Networks.@Nullable Place said(Map<String, Object> record) throws IOException {
        read(new MmdbWriter(4, 24)
                .put("10.0.0.0/8", record)
                .put("11.0.0.0/8", MmdbWriter.country("SE"))
                .bytes());
        assertThat(trial.place("11.0.0.1")).isEqualTo(in("se"));
        return trial.place("10.0.0.1");
    }

    @Test
    void takesWhatIsNearestToTheClientOfARecord() throws IOException {
        Map<String, Object> registered = Map.of("iso_code", "NL");
        Map<String, Object> continent = Map.of("code", "AS");
        Map<String, Object> berlin = Map.of("latitude", 52.5, "longitude", 13.4);

        assertThat(said(Map.of("registered_country", registered))).isEqualTo(in("nl"));
        assertThat(said(Map.of("registered_country", registered, "country", Map.of("geoname_id", 1))))
                .isEqualTo(in("nl"));
        assertThat(said(Map.of("registered_country", registered, "country", Map.of("iso_code", "ZZ"))))
                .isEqualTo(in("nl"));
        assertThat(said(Map.of("registered_country", registered, "country", Map.of("iso_code", "DE"))))
                .isEqualTo(in("de"));
        assertThat(said(Map.of("continent", continent))).isEqualTo(in("asia"));
        assertThat(said(Map.of("continent", continent, "country", Map.of("iso_code", "KZ"))))
                .isEqualTo(in("kz"));
        assertThat(said(Map.of("continent", Map.of("code", "--")))).isNull();
        assertThat(said(Map.of("location", berlin))).isEqualTo(new Networks.Place(null, new Coordinate(52.5, 13.4)));
        assertThat(said(Map.of("location", Map.of("latitude", 52.5)))).isNull();
        assertThat(said(Map.of("location", Map.of("latitude", 0.0, "longitude", 0.0))))
                .isNull();
        assertThat(said(Map.of("area", "EU-West-1", "country", Map.of("iso_code", "DE"), "location", berlin)))
                .isEqualTo(new Networks.Place("eu-west-1", new Coordinate(52.5, 13.4)));
        assertThat(said(Map.of("area", "rack7", "latitude", 1.5f, "longitude", 103, "location", berlin)))
                .isEqualTo(new Networks.Place("rack7", new Coordinate(1.5, 103)));
        assertThat(said(Map.of("autonomous_system_number", 64_500))).isNull();
        assertThat(said(Map.of())).isNull();
    }

    @Test
    void otherNamesOfIpv4ArePassedOver() throws IOException {
        read(new MmdbWriter(6, 28)
                .put("192.0.2.0/24", MmdbWriter.country("CH"))
                .put("2a00::/16", MmdbWriter.country("AT"))
                .alias("64:ff9b::/96")
                .alias("2002::/16")
                .alias("2001::/32")
                .bytes());

        assertThat(trial.place("192.0.2.1")).isEqualTo(in("ch"));
        assertThat(trial.place("::ffff:192.0.2.1")).isEqualTo(in("ch"));
        assertThat(trial.place("2a00::1")).isEqualTo(in("at"));
        assertThat(trial.place("2002:c000:201::")).isNull();
        assertThat(trial.gauge(GeoMeters.DATABASE_BLOCKS)).isEqualTo(2);
    }

    @Test
    void agreesWithTheLibraryOnEveryAddress() {
        Forall.cases(random -> {
            byte[] bytes = RandomDatabases.next(random).bytes();
            read(bytes);
            Reader reader = new Reader(new ByteArrayInputStream(bytes));
            for (int i = 0; i < 100; i++) {
                InetAddress address = InetAddress.getByAddress(RandomDatabases.address(random));
                PlaceRecord record = reader.getMetadata().ipVersion() == 4 && address.getAddress().length == 16
                        ? null
                        : reader.get(address, PlaceRecord.class);
                assertThat(trial.networks().of(address.getAddress()))
                        .as("%s", address)
                        .isEqualTo(record == null ? null : record.place());
            }
        });
    }

    @Test
    void whatIsAllowedIsRead() throws IOException {
        List<Integer> many = Collections.nCopies(1900, 1);
        Map<String, Object> large = new HashMap<>(MmdbWriter.city("DE", 52.5, 13.4));
        large.put("a", many);
        large.put("z", "x".repeat(500));
        Object nested = 1;
        for (int i = 0; i < 14; i++) {
            nested = Map.of("in", nested);
        }
        read(new MmdbWriter(6, 24)
                .put("10.0.0.0/8", large)
                .put("11.0.0.0/8", Map.of("area", "deep", "other", nested))
                .bytes());

        assertThat(trial.place("10.0.0.1")).isEqualTo(new Networks.Place("de", new Coordinate(52.5, 13.4)));
        assertThat(trial.place("11.0.0.1")).isEqualTo(in("deep"));
    }

    @Test
    void pointersOfEverySizeLeadToTheirValues() throws IOException {
        for (int gap : new int[] {0, 1500, 3000, 600_000}) {
            MmdbWriter writer = new MmdbWriter(4, 32);
            writer.add(new byte[gap]);
            writer.put("10.0.0.0/8", MmdbWriter.country("DE"));
            read(writer.put("11.0.0.0/8", Map.of("registered_country", Map.of("iso_code", "DE")))
                    .put("12.0.0.0/8", Map.of("area", "DE"))
                    .bytes());
            for (String address : List.of("10.0.0.1", "11.0.0.1", "12.0.0.1")) {
                assertThat(trial.place(address)).isEqualTo(in("de"));
            }
        }
    }

    @Test
    void withoutAFileNothingIsKnown() {
        PlacesDatabase none = new PlacesDatabase(null, directory, new GeoMeters(new SimpleMeterRegistry()));
        none.look();
        assertThat(none.networks().of(new byte[] {10, 0, 0, 1})).isNull();
    }
}
