package dev.windrose.live.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.reach.Destinations;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What nobody gets a node to connect to, whatever they write and whatever their name server says. */
class OutboundTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1",
                "2130706433",
                "localhost",
                "0.0.0.0",
                "0",
                "10.1.2.3",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "100.64.0.1",
                "169.254.1.1",
                "169.254.169.254",
                "2852039166",
                "100.100.100.200",
                "168.63.129.16",
                "192.0.0.192",
                "198.18.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "[::1]",
                "::",
                "::ffff:127.0.0.1",
                "::ffff:169.254.169.254",
                "::ffff:a9fe:a9fe",
                "::127.0.0.1",
                "::a9fe:a9fe",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b::7f00:1",
                "64:ff9b:1::1",
                "2002:7f00:1::",
                "2002:a9fe:a9fe::1",
                "2001:0:53aa:64c:0:fbff:5601:5601",
                "fd00:ec2::254",
                "fc00::1",
                "fe80::1",
                "fec0::1",
                "ff02::1"
            })
    void refusesWhatIsNotPublic(String host) {
        assertThatThrownBy(() -> address(Outgoing.outbound(), host))
                .isInstanceOf(Outbound.Refused.class)
                .message()
                .contains("expected: a public address");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2002:101:101::1", "64:ff9b::101:101"
            })
    void letsPublicAddressesThrough(String host) throws IOException {
        assertThat(address(Outgoing.outbound(), host)).isNotNull();
    }

    @ParameterizedTest(name = "{0} allows {1}: {2}")
    @CsvSource({
        "127.0.0.0/8,        127.0.0.1,              true",
        "127.0.0.0/8,        ::ffff:127.0.0.1,       true",
        "127.0.0.0/8,        10.0.0.1,               false",
        "10.0.0.0/8,         10.9.9.9,               true",
        "169.254.0.0/16,     169.254.169.254,        false",
        "0.0.0.0/0,          169.254.169.254,        false",
        "::/0,               fd00:ec2::254,          false",
        "169.254.169.254/32, 169.254.169.254,        true",
        "fd00::/8,           fd12::1,                true",
    })
    void allowsWhatTheSettingsSayAndMetadataOneByOneOnly(String allowed, String host, boolean may) throws IOException {
        String refusal = new Destinations(List.of(Prefix.parse(allowed)))
                .refusal(InetAddress.getByName(host).getAddress());

        assertThat(refusal == null).isEqualTo(may);
    }

    @Test
    void aNameWithOnePrivateAddressAmongItsAddressesIsRefused() {
        Outbound.Resolver mixed =
                host -> new InetAddress[] {InetAddress.getByName("1.1.1.1"), InetAddress.getByName("10.0.0.1")};

        assertThatThrownBy(() -> address(Outgoing.outbound(mixed), "both.example"))
                .isInstanceOf(Outbound.Refused.class);
    }

    @ParameterizedTest(name = "{0} within {1}: {2}")
    @CsvSource({
        "127.0.0.1 ::1,              127.0.0.0/8, 127.0.0.1",
        "::1 127.0.0.1,              127.0.0.0/8, 127.0.0.1",
        "127.0.0.1 ::1,              ::1,         ''",
        "127.0.0.1 10.0.0.1 ::1,     127.0.0.0/8, ''",
        "1.1.1.1 fd00::1,            ::1,         1.1.1.1",
        "1.1.1.1 169.254.169.254,    ::1,         ''",
        "1.1.1.1 fd00:ec2::254,      ::1,         1.1.1.1",
        "fd00::1,                    127.0.0.1,   ''",
        "1.1.1.1 1.1.1.2 2606::1 2606::2, ::1,    1.1.1.1 2606:0:0:0:0:0:0:1 1.1.1.2 2606:0:0:0:0:0:0:2",
        "2606::1 2606::2 1.1.1.1, ::1,            2606:0:0:0:0:0:0:1 1.1.1.1 2606:0:0:0:0:0:0:2",
    })
    void theFamiliesAreTriedInTurnAndIpv6IsLeftOutWhereOnlyIpv4IsAllowed(String found, String allowed, String tried)
            throws IOException {
        Outbound.Resolver resolver = host -> {
            String[] texts = found.split(" ");
            InetAddress[] addresses = new InetAddress[texts.length];
            for (int i = 0; i < texts.length; i++) {
                addresses[i] = InetAddress.getByName(texts[i]);
            }
            return addresses;
        };
        Outbound outbound = Outgoing.outbound(resolver, Prefix.parse(allowed));
        if (tried.isEmpty()) {
            assertThatThrownBy(() -> address(outbound, "some.example")).isInstanceOf(Outbound.Refused.class);
        } else {
            assertThat(Outgoing.waited(outbound.look("some.example")).stream().map(InetAddress::getHostAddress))
                    .containsExactly(tried.split(" "));
        }
    }

    @Test
    void aNameIsAskedForOnceAndWhatWasLookedAtIsConnectedTo() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.2", 0), 0);
        AtomicInteger asked = new AtomicInteger();
        // The name server answers well the first time, and with an address inside every time after.
        Outbound.Resolver rebinding = host ->
                new InetAddress[] {InetAddress.getByName(asked.getAndIncrement() == 0 ? "127.0.0.2" : "127.0.0.1")};
        server.createContext("/", exchange -> {
            byte[] host = exchange.getRequestHeaders().getFirst("Host").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, host.length);
            exchange.getResponseBody().write(host);
            exchange.close();
        });
        server.start();
        try {
            Outbound outbound = Outgoing.outbound(rebinding, Prefix.parse("127.0.0.2"));
            int port = server.getAddress().getPort();

            byte[] body = got(outbound, URI.create("http://rebinding.example:" + port + "/"));

            assertThat(new String(body, StandardCharsets.UTF_8)).isEqualTo("rebinding.example:" + port);
            assertThat(asked).hasValue(1);
            assertThatThrownBy(() -> got(outbound, URI.create("http://rebinding.example:" + port + "/")))
                    .isInstanceOf(Outbound.Refused.class);
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirectsAreNotFollowed(int status) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        AtomicInteger reached = new AtomicInteger();
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/inside");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.createContext("/inside", exchange -> {
            reached.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try {
            Outbound outbound = Outgoing.outbound(Prefix.parse("127.0.0.1"));
            URI moved = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/moved");

            assertThatThrownBy(() -> got(outbound, moved)).hasMessageContaining("expected: 200");
            assertThat(reached).hasValue(0);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void readsNoMoreThanItIsTold() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/long", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try {
                for (int i = 0; i < 1000; i++) {
                    exchange.getResponseBody().write(new byte[1024]);
                }
            } catch (IOException e) {
                // The reader has hung up, as it should.
            }
            exchange.close();
        });
        server.start();
        try {
            Outbound outbound = Outgoing.outbound(Prefix.parse("127.0.0.1"));
            URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/long");

            assertThatThrownBy(() -> got(outbound, address)).hasMessageContaining("too large");
        } finally {
            server.stop(0);
        }
    }

    private static InetAddress address(Outbound outbound, String host) throws IOException {
        return Outgoing.waited(outbound.look(host)).get(0);
    }

    private static byte[] got(Outbound outbound, URI uri) throws IOException {
        return Outgoing.waited(new HttpGet(Outgoing.client(outbound), Duration.ofSeconds(2), 64 * 1024).get(uri));
    }
}
