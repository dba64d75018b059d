package dev.windrose.live.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.windrose.Forall;
import dev.windrose.watch.ListenMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What gets through to the port behind, and what does not, over real sockets. */
class ClusterGuardTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final int FRAME_AT_MOST = 256 * 1024;
    private static final GuardLimits LIMITS = new GuardLimits(16, 8, Duration.ofMillis(500), Duration.ofMillis(1000));

    private static final int GREETING_AND_FRAME = 59;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private ServerSocket behind;
    private ClusterGuard guard;

    @BeforeEach
    void listen() throws IOException {
        behind = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        behind.setSoTimeout(10_000);
        guard = ClusterGuard.plain(
                new InetSocketAddress("127.0.0.1", 0),
                (InetSocketAddress) behind.getLocalSocketAddress(),
                FRAME_AT_MOST,
                2 * FRAME_AT_MOST,
                LIMITS,
                new ListenMeters(registry, "cluster"));
    }

    @AfterEach
    void close() throws IOException {
        guard.close();
        behind.close();
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(guard.address());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static byte[] hello(int stream) {
        return new byte[] {'A', 'K', 'K', 'A', (byte) stream};
    }

    private static byte[] frame(int length) {
        return ByteBuffer.allocate(4 + length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .array();
    }

    private static byte[] length(int length) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .array();
    }

    private static byte[] joined(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                java.util.Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    /** Whether the guard ends it. */
    private static boolean ended(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    private void awaitOpen(int expected) {
        KIT.createTestProbe().awaitAssert(Duration.ofSeconds(10), () -> {
            assertThat(guard.open()).isEqualTo(expected);
            return null;
        });
    }

    private double refused(String why) {
        return registry.counter(ListenMeters.REFUSED, "port", "cluster", "why", why)
                .count();
    }

    @Test
    void whatNodesSayGoesThroughByteForByteInWhateverPieces() {
        Forall.cases(random -> {
            if (random.nextInt(25) > 0) {
                // Sockets take their time: one case of 25 is enough.
                return;
            }
            byte[] said = hello(1 + random.nextInt(2));
            for (int i = random.nextInt(20); i >= 0; i--) {
                byte[] next = frame(28 + random.nextInt(random.nextInt(10) == 0 ? FRAME_AT_MOST - 28 : 500));
                for (int at = 5; at < next.length; at++) {
                    next[at] = (byte) random.nextInt();
                }
                said = joined(said, next);
            }
            try (Socket node = connect()) {
                byte[] all = said;
                Thread writer = new Thread(() -> inPieces(node, all, random));
                writer.start();
                try (Socket inside = behind.accept()) {
                    inside.setSoTimeout(10_000);
                    InputStream in = inside.getInputStream();
                    assertThat(in.readNBytes(said.length)).isEqualTo(said);
                    writer.join();
                    inside.getOutputStream().write(7);
                    assertThat(node.getInputStream().read()).isEqualTo(7);
                }
                assertThat(ended(node)).as("ends when the inside does").isTrue();
            }
        });
    }

    private static void inPieces(Socket socket, byte[] bytes, Random random) {
        try {
            int at = 0;
            while (at < bytes.length) {
                int piece = Math.min(bytes.length - at, 1 + random.nextInt(random.nextInt(3) == 0 ? 7 : 70_000));
                socket.getOutputStream().write(bytes, at, piece);
                at += piece;
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "SSH-2.0-x\r\n",
                "AKKB\u0001",
                "AKKA\u0000",
                "AKKA\u0004",
                "\u0016\u0003\u0001",
                "AKK\u0000"
            })
    void whatNoNodeBeginsWithIsEndedAtOnceAndNotHandedOn(String said) throws IOException {
        try (Socket stranger = connect()) {
            stranger.getOutputStream().write(said.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(ended(stranger)).isTrue();
        }
        awaitOpen(0);
        assertThat(refused("not_a_node")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {-5, -1, 0, 1, 27, FRAME_AT_MOST + 1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void aFrameOfAnImpossibleLengthEndsTheConnectionWhereverItComes(int impossible) throws IOException {
        try (Socket first = connect()) {
            first.getOutputStream().write(joined(hello(2), length(impossible), new byte[100]));
            assertThat(ended(first)).isTrue();
        }
        try (Socket later = connect()) {
            later.getOutputStream().write(joined(hello(2), frame(100), frame(2000)));
            try (Socket inside = behind.accept()) {
                inside.getInputStream().readNBytes(2113);
                later.getOutputStream().write(joined(length(impossible), new byte[10]));
                assertThat(ended(later)).isTrue();
                assertThat(inside.getInputStream().read())
                        .as("nothing of it goes on")
                        .isNegative();
            }
        }
        awaitOpen(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "AKKA"})
    void whoDoesNotBeginInTimeIsEnded(String said) throws IOException {
        try (Socket slow = connect()) {
            slow.getOutputStream().write(said.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(ended(slow)).isTrue();
        }
        awaitOpen(0);
        assertThat(refused("slow_headers")).isEqualTo(1);
    }

    @Test
    void aFrameThatIsNotCompleteInTimeEndsTheConnection() throws IOException {
        try (Socket slow = connect()) {
            slow.getOutputStream().write(joined(hello(1), length(1000), new byte[10]));
            assertThat(ended(slow)).isTrue();
        }
        assertThat(refused("slow")).isEqualTo(1);
    }

    @Test
    void aNodeThatIsQuietBetweenFramesStays() throws IOException {
        try (Socket node = connect()) {
            node.getOutputStream().write(joined(hello(1), frame(100)));
            awaitOpen(1);
            node.setSoTimeout(2500);
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> node.getInputStream().read())
                    .isInstanceOf(java.net.SocketTimeoutException.class);
            assertThat(guard.open()).isEqualTo(1);
        }
        awaitOpen(0);
    }

    /** Counts the connections of which a greeting and a frame of 50 bytes came through. */
    private AtomicInteger nodes() {
        AtomicInteger nodes = new AtomicInteger();
        daemon(() -> {
            while (true) {
                Socket inside = behind.accept();
                daemon(() -> {
                    if (inside.getInputStream().readNBytes(GREETING_AND_FRAME).length == GREETING_AND_FRAME) {
                        nodes.incrementAndGet();
                    }
                });
            }
        });
        return nodes;
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // It was closed at the end of the test.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Test
    void strangersMakeRoomForNodesAndNodesForNobody() throws IOException {
        List<Socket> all = new ArrayList<>();
        AtomicInteger nodes = nodes();
        try {
            for (int i = 0; i < 30; i++) {
                Socket stranger = connect();
                stranger.getOutputStream().write(hello(1));
                all.add(stranger);
            }
            awaitOpen(LIMITS.connectionsPerAddress());
            for (int i = 0; i < LIMITS.connectionsPerAddress(); i++) {
                Socket node = connect();
                node.getOutputStream().write(joined(hello(1), frame(50)));
                all.add(node);
            }
            KIT.createTestProbe().awaitAssert(Duration.ofSeconds(10), () -> {
                assertThat(refused("connections_of_address")).isEqualTo(30);
                // One whose frame was not looked at yet would make room.
                assertThat(nodes).hasValue(LIMITS.connectionsPerAddress());
                return null;
            });
            try (Socket late = connect()) {
                assertThat(ended(late)).isTrue();
            }
            awaitOpen(LIMITS.connectionsPerAddress());
        } finally {
            for (Socket socket : all) {
                socket.close();
            }
        }
        awaitOpen(0);
    }

    @Test
    void aNodeThatWasSilentForLongMakesRoomForAnotherOfItsAddress() throws Exception {
        GuardLimits limits =
                new GuardLimits(16, 2, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(300));
        try (ClusterGuard small = ClusterGuard.plain(
                new InetSocketAddress("127.0.0.1", 0),
                (InetSocketAddress) behind.getLocalSocketAddress(),
                FRAME_AT_MOST,
                2 * FRAME_AT_MOST,
                limits,
                new ListenMeters(registry, "small"))) {
            InetSocketAddress at = small.address();
            try (Socket dead = new Socket(at.getAddress(), at.getPort());
                    Socket alive = new Socket(at.getAddress(), at.getPort())) {
                dead.setSoTimeout(10_000);
                dead.getOutputStream().write(joined(hello(1), frame(50)));
                alive.getOutputStream().write(joined(hello(1), frame(50)));
                try (Socket first = behind.accept();
                        Socket second = behind.accept()) {
                    first.getInputStream().readNBytes(GREETING_AND_FRAME);
                    second.getInputStream().readNBytes(GREETING_AND_FRAME);
                    KIT.createTestProbe().awaitAssert(Duration.ofSeconds(10), Duration.ofMillis(100), () -> {
                        alive.getOutputStream().write(frame(50));
                        try (Socket another = new Socket(at.getAddress(), at.getPort())) {
                            another.setSoTimeout(100);
                            assertThatThrownBy(() -> another.getInputStream().read())
                                    .as("it is let in")
                                    .isInstanceOf(java.net.SocketTimeoutException.class);
                        }
                        return null;
                    });
                    assertThat(ended(dead)).isTrue();
                    alive.setSoTimeout(100);
                    assertThatThrownBy(() -> alive.getInputStream().read())
                            .isInstanceOf(java.net.SocketTimeoutException.class);
                }
            }
        }
    }

    @Test
    void strangeBytesNeverStayAndNeverHurtANode() throws IOException {
        try (Socket node = connect()) {
            node.getOutputStream().write(joined(hello(1), frame(100)));
            try (Socket inside = behind.accept()) {
                assertThat(inside.getInputStream().readNBytes(109)).hasSize(109);
                Random random = new Random(7);
                for (int i = 0; i < 200; i++) {
                    try (Socket stranger = connect()) {
                        byte[] rubbish = new byte[1 + random.nextInt(200)];
                        random.nextBytes(rubbish);
                        stranger.getOutputStream().write(rubbish);
                    }
                }
                node.getOutputStream().write(frame(200));
                assertThat(inside.getInputStream().readNBytes(204)).hasSize(204);
            }
        }
        awaitOpen(0);
    }

    @Test
    void tlsMustBeginWithAHelloAndComeToItsEnd() throws IOException {
        GuardLimits limits = new GuardLimits(16, 8, Duration.ofMillis(700), Duration.ofSeconds(1));
        try (ClusterGuard tls = ClusterGuard.encrypted(
                new InetSocketAddress("127.0.0.1", 0),
                (InetSocketAddress) behind.getLocalSocketAddress(),
                limits,
                new ListenMeters(new SimpleMeterRegistry(), "cluster"))) {
            for (String wrong : List.of("160201002001", "170303002001", "1603010000", "16030100200b", "474554202f20")) {
                try (Socket stranger =
                        new Socket(tls.address().getAddress(), tls.address().getPort())) {
                    stranger.setSoTimeout(10_000);
                    stranger.getOutputStream().write(HexFormat.of().parseHex(wrong));
                    assertThat(ended(stranger)).as(wrong).isTrue();
                }
            }
            try (Socket half =
                    new Socket(tls.address().getAddress(), tls.address().getPort())) {
                half.setSoTimeout(10_000);
                half.getOutputStream().write(HexFormat.of().parseHex("160301000401000000"));
                try (Socket inside = behind.accept()) {
                    assertThat(inside.getInputStream().readNBytes(9)).hasSize(9);
                    assertThat(ended(half)).as("no end of the handshake").isTrue();
                }
            }
            try (Socket node =
                    new Socket(tls.address().getAddress(), tls.address().getPort())) {
                node.setSoTimeout(1500);
                node.getOutputStream().write(HexFormat.of().parseHex("160301000401000000" + "1703030002abcd"));
                try (Socket inside = behind.accept()) {
                    assertThat(inside.getInputStream().readNBytes(16)).hasSize(16);
                    org.assertj.core.api.Assertions.assertThatThrownBy(
                                    () -> node.getInputStream().read())
                            .isInstanceOf(java.net.SocketTimeoutException.class);
                }
            }
        }
    }
}
