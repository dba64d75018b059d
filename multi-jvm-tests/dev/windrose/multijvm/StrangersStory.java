package dev.windrose.multijvm;

import dev.windrose.stage.Api;
import dev.windrose.stage.Figures;
import dev.windrose.stage.NodeProcess;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Strangers say whatever they like to every port of a node of a cluster: it goes on as without them. */
@Tag("drill")
class StrangersStory {

    private static final int HELD_AT_MOST = 300;
    private static final Duration STARTS_WITHIN = Duration.ofMinutes(5);
    private static final long MIB = 1 << 20;

    private final AtomicLong connections = new AtomicLong();

    @Test
    void theClusterIsUnharmedTheLogShortAndTheHeapFlat() throws Exception {
        Figures figures = new Figures("any bytes to every port", 0);
        List<NodeProcess> nodes = new ArrayList<>();
        NodeProcess.Ports first = NodeProcess.Ports.free();
        NodeProcess.Ports second = NodeProcess.Ports.free();
        try {
            for (var place : Map.of("us-east-1", first, "eu-west-1", second).entrySet()) {
                NodeProcess.Spec spec = new NodeProcess.Spec(
                        Cluster.home(),
                        place.getKey(),
                        Cluster.data("strangers"),
                        Cluster.logs("strangers"),
                        place.getValue(),
                        Map.of(
                                "windrose.node.regions",
                                "us-east-1,eu-west-1",
                                "windrose.node.seeds",
                                first.address() + "," + second.address()),
                        Cluster.SMALL);
                nodes.add(NodeProcess.of(spec));
            }
            for (NodeProcess node : nodes) {
                node.start();
            }
            for (NodeProcess node : nodes) {
                node.awaits("/health/ready/control", STARTS_WITHIN);
            }
            TimeUnit.SECONDS.sleep(10);
            NodeProcess asked = nodes.get(0);
            try (Api api = asked.api(Cluster.TIMEOUT)) {
                double files = api.meter("process_files_open_files", "");
                long lines = lines();
                double heap = talk(asked.spec().ports(), api, figures);
                figures.put("connections of strangers", connections.get());
                figures.atMost("lines in the logs of both nodes", lines() - lines, 100);
                figures.atMost("heap after collections grown by, MiB", heap, 16);
                Await.until(
                        "connections are ended",
                        Duration.ofSeconds(90),
                        () -> api.meter("process_files_open_files", "") <= files + 20);
                figures.atMost("open files grown by", api.meter("process_files_open_files", "") - files, 20);
                figures.atMost("control planes that started again", api.meter("windrose_control_starts", "") - 1, 0);
            }
            for (NodeProcess node : nodes) {
                node.awaits("/health/ready/control", Duration.ofSeconds(30));
            }
        } finally {
            nodes.forEach(NodeProcess::close);
        }
        Drill.report(figures);
    }

    /** Returns how much the least heap of the last quarter is above that of the first, in MiB. */
    private double talk(NodeProcess.Ports ports, Api api, Figures figures) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Drill.seconds(300));
        List<Thread> strangers = new ArrayList<>();
        for (int port : new int[] {ports.cluster(), ports.http(), ports.manage()}) {
            Thread stranger = new Thread(() -> strange(port, port == ports.cluster(), until), "stranger-" + port);
            stranger.start();
            strangers.add(stranger);
        }
        List<Double> heap = new ArrayList<>();
        while (System.nanoTime() - until < 0) {
            TimeUnit.SECONDS.sleep(1);
            heap.add(api.meter("jvm_memory_used_bytes", "area=\"heap\"") / MIB);
        }
        for (Thread stranger : strangers) {
            stranger.join();
        }
        int quarter = Math.max(1, heap.size() / 4);
        double before = heap.subList(0, quarter).stream()
                .mapToDouble(Double::doubleValue)
                .min()
                .orElseThrow();
        double after = heap.subList(heap.size() - quarter, heap.size()).stream()
                .mapToDouble(Double::doubleValue)
                .min()
                .orElseThrow();
        figures.put("heap after collections, MiB", after);
        return after - before;
    }

    private void strange(int port, boolean nodes, long until) {
        Random random = new Random(port);
        Deque<Socket> held = new ArrayDeque<>();
        while (System.nanoTime() - until < 0) {
            try {
                Socket socket = new Socket("127.0.0.1", port);
                held.add(socket);
                connections.incrementAndGet();
                socket.setSoTimeout(20);
                socket.getOutputStream().write(nodes && random.nextBoolean() ? frames(random) : bytes(random));
                if (socket.getInputStream().read() < 0 || random.nextInt(4) > 0) {
                    socket.close();
                }
            } catch (SocketTimeoutException e) {
                // It is held.
            } catch (IOException e) {
                // It was ended.
            }
            while (held.size() > HELD_AT_MOST) {
                close(held.remove());
            }
        }
        held.forEach(StrangersStory::close);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    /** What nodes say, with rubbish in it. */
    private static byte[] frames(Random random) {
        ByteBuffer said = ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN);
        said.put("AKKA".getBytes(StandardCharsets.US_ASCII)).put((byte) random.nextInt(5));
        for (int i = random.nextInt(20); i >= 0; i--) {
            int length = random.nextInt(10) == 0 ? random.nextInt() : 28 + random.nextInt(200);
            byte[] frame = new byte[Math.floorMod(length, 300)];
            random.nextBytes(frame);
            if (frame.length > 28) {
                ByteBuffer head = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
                head.putShort(0, (short) 0).putInt(12, random.nextInt(40));
                for (int tag = 16; tag < 28; tag += 4) {
                    head.putInt(
                            tag, random.nextBoolean() ? 0xFF000000 | random.nextInt(300) : 28 + random.nextInt(300));
                }
            }
            said.putInt(length).put(frame);
        }
        byte[] bytes = new byte[said.position()];
        said.flip().get(bytes);
        return bytes;
    }

    private static byte[] bytes(Random random) {
        byte[] rubbish = new byte[1 + random.nextInt(400)];
        random.nextBytes(rubbish);
        return switch (random.nextInt(9)) {
            case 0 -> text("GET / HTTP/1.1\r\nHost: localhost\r\n");
            case 1 -> text("GET /\u001b[31m HTTP/1.1\r\n\r\n");
            case 2 ->
                text("POST /api/v1/rules HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
            case 3 -> text("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nContent-Length: 8\r\n\r\n");
            case 4 -> text("SSH-2.0-x\r\n");
            case 5 -> text("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003");
            case 6 -> text("GET / HTTP/1.1\r\nX: " + "x".repeat(9000) + "\r\n\r\n");
            case 7 -> text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            default -> rubbish;
        };
    }

    private static byte[] text(String said) {
        return said.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static long lines() throws IOException {
        long lines = 0;
        try (var logs = Files.list(Cluster.logs("strangers"))) {
            for (var log : logs.toList()) {
                lines += Files.readAllLines(log).size();
            }
        }
        return lines;
    }
}
