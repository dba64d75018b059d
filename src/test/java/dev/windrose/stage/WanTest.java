package dev.windrose.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes that echo what they are sent, with the relay between them. */
class WanTest {

    private static final int PATIENCE_MS = 20_000;

    private final ServerSocket[] nodes = new ServerSocket[2];
    private Wan wan;
    private List<Integer> relays;

    @BeforeEach
    void start() throws IOException {
        for (int i = 0; i < nodes.length; i++) {
            ServerSocket node = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            nodes[i] = node;
            Thread echo = new Thread(() -> echo(node));
            echo.setDaemon(true);
            echo.start();
        }
        relays = List.of(
                NodeProcess.Ports.free().cluster(), NodeProcess.Ports.free().cluster());
        wan = Wan.between(relays, List.of(nodes[0].getLocalPort(), nodes[1].getLocalPort()));
    }

    @AfterEach
    void end() throws IOException {
        wan.close();
        for (ServerSocket node : nodes) {
            node.close();
        }
    }

    private static void echo(ServerSocket node) {
        while (!node.isClosed()) {
            try (Socket socket = node.accept()) {
                socket.getInputStream().transferTo(socket.getOutputStream());
            } catch (IOException e) {
                // The test is over, or one of its connections.
            }
        }
    }

    private Socket dial(int from, int to) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(Wan.addressOf(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), relays.get(to)));
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }

    private static double echoedAfterMs(Socket socket) throws IOException {
        long sent = System.nanoTime();
        socket.getOutputStream().write(7);
        assertThat(socket.getInputStream().read()).isEqualTo(7);
        return (System.nanoTime() - sent) / 1e6;
    }

    @Test
    void carriesWhatIsSentAndDelaysItWhenTold() throws IOException {
        try (Socket socket = dial(0, 1)) {
            echoedAfterMs(socket);
            wan.link(0, 1).weather(120, 20, 0);
            assertThat(echoedAfterMs(socket)).isGreaterThanOrEqualTo(100);
        }
    }

    @Test
    void aLostSegmentComesWhenItIsSentAgain() throws IOException {
        try (Socket socket = dial(0, 1)) {
            wan.link(0, 1).weather(0, 0, 1);
            assertThat(echoedAfterMs(socket)).isGreaterThanOrEqualTo(200);
        }
    }

    @Test
    void whatIsBrokenOffEndsAndTheNextConnectionIsGood() throws IOException {
        try (Socket broken = dial(0, 1)) {
            echoedAfterMs(broken);
            wan.breakOff();
            assertThatThrownBy(() -> {
                        if (broken.getInputStream().read() < 0) {
                            throw new IOException("ended");
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(SocketTimeoutException.class);
        }
        try (Socket next = dial(0, 1)) {
            echoedAfterMs(next);
        }
    }

    @Test
    void aCutHoldsOneDirectionUntilItIsMendedAndLosesNothing() throws IOException {
        try (Socket cut = dial(0, 1);
                Socket other = dial(1, 0)) {
            echoedAfterMs(cut);
            wan.link(0, 1).cut();
            cut.getOutputStream().write(7);
            cut.setSoTimeout(200);
            assertThatThrownBy(() -> cut.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            echoedAfterMs(other);
            wan.mend();
            cut.setSoTimeout(PATIENCE_MS);
            assertThat(cut.getInputStream().read()).isEqualTo(7);
        }
    }
}
