package dev.windrose.decide.geo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import dev.windrose.decide.geo.Forwarding.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proxies in 10.9.0.0/16 and at 2001:db8:9::/48 are trusted. */
class ForwardingTest {

    private static final List<Prefix> TRUSTED =
            List.of(Prefix.parse("10.9.0.0/16"), Prefix.parse("127.0.0.0/8"), Prefix.parse("2001:db8:9::/48"));

    private static boolean trusted(byte[] address) {
        return TRUSTED.stream().anyMatch(prefix -> prefix.contains(address));
    }

    private static Forwarding.Read read(List<String> forwarded, List<String> forwardedFor) {
        return Forwarding.read(forwarded, forwardedFor, ForwardingTest::trusted);
    }

    private static void is(Forwarding.Read read, String address) {
        byte[] expected = address.equals("none") ? null : Prefix.address(address);
        byte[] client = read.client();
        assertThat(client == null ? null : Prefix.of(client)).isEqualTo(expected == null ? null : Prefix.of(expected));
    }

    @ParameterizedTest(name = "[{0}] is {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "192.0.2.5                                | 192.0.2.5",
                "192.0.2.5:4711                           | 192.0.2.5",
                "[2001:db8::5]:443                        | 2001:db8::5",
                "[2001:db8::5]                            | 2001:db8::5",
                "2001:db8::5                              | 2001:db8::5",
                "\"[2001:db8::5]\"                        | 2001:db8::5",
                "\"[2001:db8::5]:443\"                    | 2001:db8::5",
                "\"192.0.2.5\"                            | 192.0.2.5",
                "192.0.2.5,                               | 192.0.2.5",
                ", ,192.0.2.5, ,                          | 192.0.2.5",
                "192.0.2.5,127.0.0.1:80                   | 192.0.2.5",
                "192.0.2.5:1 , [2001:db8:9::1]:80,10.9.0.1| 192.0.2.5",
                "::ffff:192.0.2.5                         | 192.0.2.5",
                "[::ffff:192.0.2.5]:80                    | 192.0.2.5",
                "fe80::1%eth0                             | fe80::1",
                "[fe80::1%25lo]:80                        | fe80::1",
                "198.51.100.1, 192.0.2.5                  | 192.0.2.5",
                "unknown                                  | none",
                "_hidden                                  | none",
                "192.0.2.5, unknown, 10.9.1.1             | 10.9.1.1",
                "192.0.2.5, _hidden                       | none",
                "10.9.0.2, 10.9.0.1                       | 10.9.0.2",
                "192.0.2.5:99999                          | 192.0.2.5",
                "192.0.2.5:999999                         | none",
                "192.0.2.5:http                           | none",
                "[192.0.2.5]:80                           | none",
                "[2001:db8::5                             | none",
                "2001:db8::5]                             | none",
                "\"evil, 192.0.2.5                        | 192.0.2.5",
                "\"a\\\", 192.0.2.5                       | 192.0.2.5",
                "192.0.2.256                              | none",
                "01.2.3.4                                 | none",
                "localhost                                | none",
                "192.0.2.5 10.9.0.1                       | none",
                "\"                                       | none",
            })
    void aUsualHeaderIsReadInAllOfItsForms(String header, String client) {
        is(read(List.of(), List.of(header)), client);
    }

    @ParameterizedTest(name = "[{0}] is {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "for=192.0.2.5                                        | 192.0.2.5",
                "For=\"192.0.2.5:4711\"                               | 192.0.2.5",
                "FOR=\"[2001:db8:cafe::17]:4711\"                     | 2001:db8:cafe::17",
                "for = 192.0.2.5                                      | 192.0.2.5",
                "proto=https;for=192.0.2.5;by=10.9.0.1                | 192.0.2.5",
                "by=203.0.113.60; proto=http;for=\"192.0.2.5\";host=x | 192.0.2.5",
                "for=198.51.100.1, for=192.0.2.5                      | 192.0.2.5",
                "for=192.0.2.5, for=10.9.0.1;proto=https              | 192.0.2.5",
                "for=192.0.2.5;host=\"a,b;for=1.2.3.4\"               | 192.0.2.5",
                "for=192.0.2.5;host=\"a\\\",b\"                       | 192.0.2.5",
                "for=unknown                                          | none",
                "for=_gazonk, for=10.9.0.1                            | 10.9.0.1",
                "for=\"_gazonk\"                                      | none",
                "for=\"192.0.2.5:_port\"                              | 192.0.2.5",
                "for=192.0.2.5, proto=https                           | none",
                "for=192.0.2.5;for=192.0.2.6                          | none",
                "for=                                                 | none",
                "192.0.2.5                                            | none",
                "forx=192.0.2.5                                       | none",
                "for=\"1\\92.0.2.5\"                                  | 192.0.2.5",
                ",, for=192.0.2.5 ,,                                  | 192.0.2.5",
            })
    void theStandardHeaderIsReadInAllOfItsForms(String header, String client) {
        is(read(List.of(header), List.of()), client);
    }

    @Test
    void severalLinesAreOneChain() {
        is(read(List.of(), List.of("198.51.100.1", "192.0.2.5", "10.9.0.1")), "192.0.2.5");
        is(read(List.of("for=198.51.100.1", "for=192.0.2.5"), List.of()), "192.0.2.5");
    }

    @ParameterizedTest(name = "Forwarded [{0}], X-Forwarded-For [{1}] is {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "for=192.0.2.5          | 192.0.2.5              | 192.0.2.5",
                "for=192.0.2.5          | 192.0.2.6              | none",
                "for=192.0.2.5          | 10.9.0.1               | 192.0.2.5", // a client goes before a proxy
                "for=10.9.0.1           | 192.0.2.6              | 192.0.2.6",
                "for=unknown            | 192.0.2.6              | 192.0.2.6",
                "for=192.0.2.5          | unknown                | 192.0.2.5",
                "proto=https            | 192.0.2.6              | 192.0.2.6",
                "for=10.9.0.1           | 10.9.0.2               | 10.9.0.2",
            })
    void ofTwoHeadersNoneIsBelievedAgainstTheOther(String forwarded, String forwardedFor, String client) {
        is(read(List.of(forwarded), List.of(forwardedFor)), client);
    }

    @Test
    void eachElementSaysWhatBecameOfIt() {
        assertThat(read(List.of(), List.of("1.2.3.4, 192.0.2.5, 10.9.0.1")).elements())
                .extracting(Forwarding.Element::outcome)
                .containsExactly(Outcome.TRUSTED_PROXY, Outcome.BELIEVED, Outcome.BEYOND_TRUST);
        assertThat(read(List.of(), List.of("192.0.2.5, _hidden, 10.9.0.1")).elements())
                .extracting(Forwarding.Element::outcome)
                .containsExactly(Outcome.TRUSTED_PROXY, Outcome.NO_ADDRESS, Outcome.BEYOND_TRUST);
        Forwarding.Read both = read(List.of("for=192.0.2.5"), List.of("192.0.2.6"));
        assertThat(both.contradicted()).isTrue();
        assertThat(both.elements())
                .extracting(Forwarding.Element::outcome)
                .containsExactly(Outcome.CONTRADICTED, Outcome.CONTRADICTED);
    }

    @Test
    void aLongChainIsReadFromItsNearEndAndNotFurtherThanItsBound() {
        String chain = "198.51.100.1," + "10.9.0.1,".repeat(200) + "10.9.0.2";
        Forwarding.Read read = read(List.of(), List.of(chain));
        assertThat(read.elements()).hasSize(Forwarding.ELEMENTS_AT_MOST);
        is(read, "10.9.0.1");
    }

    private static final List<String> PIECES = List.of(
            "192.0.2.5",
            "198.51.100.7:80",
            "10.9.0.1",
            "10.9.3.4:1",
            "[2001:db8::5]:443",
            "2001:db8:9::1",
            "unknown",
            "_x",
            "\"",
            "\\",
            ",",
            ";",
            "for=",
            "For=\"",
            "proto=https",
            " ",
            "%",
            "[",
            "]",
            "::",
            "\u00e9");

    /** What the trusted proxies appended themselves decides, whatever stands to the left of it. */
    @Test
    void nothingOnTheLeftOfAnUntrustedHopIsEverBelievedAndNothingThrows() {
        Forall.cases(20_000, random -> {
            String evil = text(random);
            String client = "203.0.113." + random.nextInt(256);
            List<String> usual = new ArrayList<>(List.of(evil + "," + written(random, client)));
            List<String> standard = new ArrayList<>(List.of(evil + ",for=" + quoted(random, client)));
            for (int hop = 0; hop < random.nextInt(4); hop++) {
                String proxy = "10.9." + random.nextInt(256) + "." + random.nextInt(256);
                if (random.nextBoolean()) {
                    usual.add(written(random, proxy));
                    standard.add("by=x;for=" + quoted(random, proxy));
                } else {
                    usual.set(usual.size() - 1, usual.get(usual.size() - 1) + " , " + written(random, proxy));
                    standard.set(
                            standard.size() - 1, standard.get(standard.size() - 1) + ",For=" + quoted(random, proxy));
                }
            }
            is(read(List.of(), usual), client);
            is(read(standard, List.of()), client);
            is(read(standard, usual), client);
            // A header that the proxies do not write comes as the client made it: it makes nobody of another.
            Forwarding.Read spoofed = read(List.of(evil), usual);
            byte[] believed = spoofed.client();
            assertThat(believed == null || Prefix.of(believed).equals(Prefix.parse(client)))
                    .isTrue();
        });
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < random.nextInt(12); i++) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }

    private static String written(Random random, String address) {
        return switch (random.nextInt(3)) {
            case 0 -> address;
            case 1 -> address + ":" + random.nextInt(65536);
            default -> "\"" + address + "\"";
        };
    }

    private static String quoted(Random random, String address) {
        return random.nextBoolean() ? address : "\"" + address + ":" + random.nextInt(65536) + "\"";
    }
}
