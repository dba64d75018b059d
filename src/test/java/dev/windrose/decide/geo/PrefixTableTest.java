package dev.windrose.decide.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.windrose.Forall;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixTableTest {

    private static final PrefixTable TABLE = table(
            "0.0.0.0/0",
            "10.0.0.0/8",
            "10.1.0.0/16",
            "10.1.2.0/24",
            "10.1.2.3",
            "255.255.255.255",
            "2000::/3",
            "2001:db8::/32",
            "2001:db8::1",
            "::/0");

    private static PrefixTable table(String... prefixes) {
        List<PrefixTable.Entry> entries = new ArrayList<>();
        for (int i = 0; i < prefixes.length; i++) {
            entries.add(new PrefixTable.Entry(Prefix.parse(prefixes[i]), i));
        }
        return PrefixTable.of(entries);
    }

    private static byte[] address(String text) {
        return Objects.requireNonNull(Prefix.address(text));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "8.8.8.8,             0",
        "9.255.255.255,       0",
        "10.0.0.0,            1",
        "10.2.0.0,            1",
        "10.1.0.0,            2",
        "10.1.2.2,            3",
        "10.1.2.3,            4",
        "10.1.2.4,            3",
        "10.1.3.0,            2",
        "11.0.0.0,            0",
        "255.255.255.255,     5",
        "::ffff:10.1.2.3,     4", // IPv4 inside IPv6
        "::ffff:a01:203,      4",
        "::1,                 9",
        "1fff::,              9",
        "2000::,              6",
        "2001:db8::,          7",
        "2001:db8::1,         8",
        "2001:db8::2,         7",
        "2001:db9::,          6",
        "4000::,              9",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 9",
    })
    void theSmallestBlockCounts(String address, int number) {
        assertThat(TABLE.find(address(address))).isEqualTo(number);
    }

    @Test
    void whatNoBlockHoldsIsNowhere() {
        PrefixTable few = table("10.0.0.0/8", "2001:db8::/32");
        assertThat(few.find(address("9.255.255.255"))).isEqualTo(PrefixTable.NONE);
        assertThat(few.find(address("11.0.0.0"))).isEqualTo(PrefixTable.NONE);
        assertThat(few.find(address("::1"))).isEqualTo(PrefixTable.NONE);
        assertThat(few.find(address("2001:db9::"))).isEqualTo(PrefixTable.NONE);
        assertThat(PrefixTable.EMPTY.find(address("1.2.3.4"))).isEqualTo(PrefixTable.NONE);
        assertThat(PrefixTable.EMPTY.find(address("::"))).isEqualTo(PrefixTable.NONE);
    }

    @Test
    void ofTwoForTheSameBlockTheLaterOneCounts() {
        assertThat(table("10.0.0.0/8", "10.0.0.0/8").find(address("10.9.9.9"))).isEqualTo(1);
    }

    @Test
    void blocksBesideIpv4InsideIpv6KeepTheirOwnNumbers() {
        List<PrefixTable.Entry> entries = List.of(
                new PrefixTable.Entry(Prefix.parse("::fffe:0:0/96"), 5),
                new PrefixTable.Entry(Prefix.parse("0.0.0.0/8"), 5),
                new PrefixTable.Entry(Prefix.parse("255.0.0.0/8"), 5),
                new PrefixTable.Entry(Prefix.parse("0:0:0:0:1::/96"), 5));
        PrefixTable table = PrefixTable.of(entries);

        for (String held : List.of("::fffe:1:2", "0.1.2.3", "255.1.2.3", "0:0:0:0:1::1")) {
            assertThat(table.find(address(held))).as(held).isEqualTo(5);
        }
        for (String free : List.of("::fffd:1:2", "1.0.0.0", "0:0:0:0:1:1::")) {
            assertThat(table.find(address(free))).as(free).isEqualTo(PrefixTable.NONE);
        }
    }

    @Test
    void rangesToldInOrderAreATable() {
        AddressRanges ranges = new AddressRanges(5, 4);
        ranges.begin4(0, 7);
        ranges.begin4(0x0A000000, 8);
        ranges.begin4(0x0B000000, 8);
        ranges.begin4(0xC0000200, 3);
        ranges.begin4(0xC0000300, AddressRanges.NONE);
        ranges.begin6(0, 0, AddressRanges.NONE);
        ranges.begin6(0x20010db800000000L, 0, 9);
        ranges.begin6(0x20010db800000000L, 1, 8);
        ranges.begin6(0xFFFF000000000000L, 0, AddressRanges.NONE);

        PrefixTable table = PrefixTable.of(ranges, 7);

        assertThat(table.size()).isEqualTo(7);
        assertThat(table.find(address("9.255.255.255"))).isEqualTo(7);
        assertThat(table.find(address("11.1.1.1"))).isEqualTo(8);
        assertThat(table.find(address("192.0.2.255"))).isEqualTo(3);
        assertThat(table.find(address("::ffff:192.0.2.255"))).isEqualTo(3);
        assertThat(table.find(address("255.255.255.255"))).isEqualTo(AddressRanges.NONE);
        assertThat(table.find(address("2001:db7::"))).isEqualTo(AddressRanges.NONE);
        assertThat(table.find(address("2001:db8::"))).isEqualTo(9);
        assertThat(table.find(address("2001:db8::1"))).isEqualTo(8);
        assertThat(table.find(address("2001:db9::"))).isEqualTo(8);
        assertThat(table.find(address("ffff::"))).isEqualTo(AddressRanges.NONE);
    }

    @Test
    void agreesWithASearchThroughAllBlocks() {
        Forall.cases(random -> {
            List<PrefixTable.Entry> entries = new ArrayList<>();
            int count = random.nextInt(60);
            for (int i = 0; i < count; i++) {
                entries.add(new PrefixTable.Entry(block(random), i));
            }
            PrefixTable table = PrefixTable.of(entries);
            for (int i = 0; i < 60; i++) {
                Prefix at = i < count && random.nextBoolean() ? entries.get(i).prefix() : block(random);
                byte[] asked = bytes(at, random);
                assertThat(table.find(asked))
                        .as("%s of %s", InetAddress.getByAddress(asked), entries)
                        .isEqualTo(slow(entries, asked));
            }
        });
    }

    /** Blocks near each other, so that many are nested. */
    private static Prefix block(Random random) {
        boolean ipv4 = random.nextBoolean();
        int length = ipv4 ? 96 + random.nextInt(33) : random.nextInt(129);
        long high = ipv4 ? 0 : (0x2001_0db8_0000_0000L | random.nextInt(4)) & Prefix.mask(Math.min(64, length));
        long low = ipv4 ? 0xFFFF_0A00_0000L | ((long) random.nextInt(1 << 10) << 6) : random.nextInt(16);
        return new Prefix(high, low & Prefix.mask(Math.max(0, length - 64)), length);
    }

    /** An address at the beginning of a block, at its end, or one beside. */
    private static byte[] bytes(Prefix prefix, Random random) {
        long low = prefix.low();
        low += random.nextInt(3) - 1;
        low = random.nextBoolean() ? low | ~Prefix.mask(Math.max(0, prefix.length() - 64)) : low;
        byte[] bytes = new byte[16];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) (prefix.high() >>> (56 - 8 * i));
            bytes[i + 8] = (byte) (low >>> (56 - 8 * i));
        }
        return bytes;
    }

    private static int slow(List<PrefixTable.Entry> entries, byte[] address) throws UnknownHostException {
        long high = 0;
        long low = 0;
        for (int i = 0; i < 8; i++) {
            high = high << 8 | (address[i] & 0xFF);
            low = low << 8 | (address[i + 8] & 0xFF);
        }
        int best = PrefixTable.NONE;
        int longest = -1;
        for (PrefixTable.Entry entry : entries) {
            Prefix prefix = entry.prefix();
            boolean holds = (high & Prefix.mask(Math.min(64, prefix.length()))) == prefix.high()
                    && (low & Prefix.mask(Math.max(0, prefix.length() - 64))) == prefix.low();
            if (holds && prefix.length() >= longest) {
                best = entry.number();
                longest = prefix.length();
            }
        }
        return best;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/08888",
                "10.0.0.1/8",
                "010.0.0.0/8",
                "256.0.0.0/8",
                "10.0.0",
                "10.0.0.0.0",
                "::/129",
                ":::/8",
                "1::2::3",
                "2001:db8::1/32",
                "12345::/16",
                "g::/16",
                "::ffff:1.2.3",
                "localhost",
                "10.0.0.0/8/8",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7",
                "::1.2.3.4.5"
            })
    void refusesWhatIsNoBlock(String text) {
        assertThatThrownBy(() -> Prefix.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("prefix: ");
    }

    @Test
    void readsAddressesAsTheJdkDoes() {
        Forall.cases(random -> {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = random.nextInt(3) == 0 ? 0 : bytes[i];
            }
            InetAddress address = InetAddress.getByAddress(bytes);
            assertThat(Prefix.address(address.getHostAddress())).isEqualTo(address.getAddress());
        });
    }
}
