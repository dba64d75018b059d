package dev.windrose.boot.part;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.windrose.boot.settings.Settings;
import dev.windrose.boot.settings.TlsSection;
import dev.windrose.live.listen.ClusterGuard;
import dev.windrose.watch.ListenMeters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;

/** The cluster port of one control plane: a guard that accepts connections, and Akka behind it on loopback. */
final class ClusterPort implements AutoCloseable {

    private static final String ARTERY = "akka.remote.artery.";

    private final ClusterGuard guard;
    private final Config config;

    /**
     * Listens at the address configured for Akka.
     *
     * @throws UncheckedIOException when the port is in use
     */
    static ClusterPort open(Config config, Settings settings, ListenMeters meters) {
        try {
            return new ClusterPort(config, settings, meters);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "windrose.node.port: " + outer(config) + " (expected: a free port, " + e.getMessage() + ")", e);
        }
    }

    private ClusterPort(Config config, Settings settings, ListenMeters meters) throws IOException {
        InetSocketAddress inner = free();
        guard = settings.of(TlsSection.NODE).orElse(null) == null
                ? ClusterGuard.plain(
                        outer(config),
                        inner,
                        (int) config.getBytes(ARTERY + "advanced.maximum-frame-size")
                                .longValue(),
                        (int) config.getBytes(ARTERY + "advanced.maximum-large-frame-size")
                                .longValue(),
                        settings.node().guard(),
                        meters)
                : ClusterGuard.encrypted(outer(config), inner, settings.node().guard(), meters);
        Map<String, Object> own = new HashMap<>();
        own.put(ARTERY + "bind.hostname", inner.getAddress().getHostAddress());
        own.put(ARTERY + "bind.port", inner.getPort());
        if (config.getInt(ARTERY + "canonical.port") == 0) {
            own.put(ARTERY + "canonical.port", guard.address().getPort());
        }
        this.config = ConfigFactory.parseMap(own, "cluster port").withFallback(config);
    }

    /** The address for other nodes: as configured, or the address by which they know this node. */
    @SuppressWarnings("AddressSelection") // A host to listen on is the one address that an operator gave.
    private static InetSocketAddress outer(Config config) {
        String host = config.getString(ARTERY + "bind.hostname");
        String port = config.getString(ARTERY + "bind.port");
        return new InetSocketAddress(
                host.isEmpty() ? config.getString(ARTERY + "canonical.hostname") : host,
                port.isEmpty() ? config.getInt(ARTERY + "canonical.port") : Integer.parseInt(port));
    }

    /** A free port. If another process takes it first, the control plane restarts with a different one. */
    private static InetSocketAddress free() throws IOException {
        byte[] loopback = {127, 0, 0, 1};
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(loopback))) {
            return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
        }
    }

    /** How long its thread has been blocked, in ns. */
    long stillNanos() {
        return guard.stillNanos();
    }

    /** The configuration of the control plane behind it. */
    Config config() {
        return config;
    }

    @Override
    public void close() {
        guard.close();
    }
}
