package dev.windrose.multijvm;

import dev.windrose.live.tls.MadeCertificates;
import dev.windrose.live.tls.TlsFiles;
import dev.windrose.live.tls.TlsSettings;
import dev.windrose.stage.NodeProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The files from which each node of a cluster reads its certificates, for HTTPS and for the exchange with other nodes, and
 * what is shown by whoever asks it. Each file is put in place by a rename.
 */
final class CertificateFiles {

    /** What a certificate is for. */
    static final List<String> USES = List.of("http", "node");

    /** Name of certificates that are no node's, for who looks. */
    private static final String OBSERVER = "observer";

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Path dir;

    CertificateFiles(Path dir) {
        this.dir = dir;
    }

    /** A new authority with a certificate for each region, and one for whoever looks from outside. */
    MadeCertificates authority(String name) throws IOException {
        MadeCertificates made = new MadeCertificates(dir.resolve(name), OBSERVER + "=127.0.0.1");
        renew(made);
        Files.write(all(), bundle(made), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return made;
    }

    /** All authorities that were made. */
    private Path all() {
        return dir.resolve("all.pem");
    }

    /** A new certificate for each region. */
    static void renew(MadeCertificates authority) {
        authority.make(
                Cluster.REGIONS.stream().map(region -> region + "=127.0.0.1").toArray(String[]::new));
    }

    /** Settings of the node of a region. */
    Map<String, String> settings(String region) {
        return Map.of(
                "windrose.tls.http.certificate", file(region, "http.pem").toString(),
                "windrose.tls.http.key", file(region, "http.key").toString(),
                "windrose.tls.http.reload-every", "1s",
                "windrose.tls.node.certificate", file(region, "node.pem").toString(),
                "windrose.tls.node.key", file(region, "node.key").toString(),
                "windrose.tls.node.ca", file(region, "ca.pem").toString(),
                "windrose.tls.node.reload-every", "1s");
    }

    Path file(String region, String name) {
        return dir.resolve("nodes").resolve(region).resolve(name);
    }

    /** Gives a node the certificate of a name, the key first. */
    void put(String region, String use, MadeCertificates from, String name) throws IOException {
        put(region, use + ".key", Files.readAllBytes(from.file(name + ".key")));
        put(region, use + ".pem", Files.readAllBytes(from.file(name + ".pem")));
    }

    void put(String region, String name, byte[] content) throws IOException {
        Path file = file(region, name);
        Files.createDirectories(file.getParent());
        Path next = file.resolveSibling(name + ".next");
        Files.write(next, content);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Whose certificates a node believes of the others. */
    void believe(String region, MadeCertificates... authorities) throws IOException {
        put(region, "ca.pem", bundle(authorities));
    }

    private static byte[] bundle(MadeCertificates... authorities) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (MadeCertificates authority : authorities) {
            all.write(Files.readAllBytes(authority.file("ca.pem")));
        }
        return all.toByteArray();
    }

    /** Of the certificate that a node has in its file. */
    BigInteger serial(String region, String use) throws IOException {
        try (InputStream in = Files.newInputStream(file(region, use + ".pem"))) {
            return ((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in))
                    .getSerialNumber();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** Sockets that believe only certificates of these authorities, and resume nothing. */
    static Supplier<SSLSocketFactory> believing(MadeCertificates... authorities) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (MadeCertificates authority : authorities) {
                try (InputStream in = Files.newInputStream(authority.file("ca.pem"))) {
                    Certificate certificate =
                            CertificateFactory.getInstance("X.509").generateCertificate(in);
                    store.setCertificateEntry(authority.file("ca.pem").toString(), certificate);
                }
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return sockets(trust.getTrustManagers());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sockets that take every certificate. */
    static Supplier<SSLSocketFactory> believingAll() {
        return sockets(new Careless());
    }

    private static Supplier<SSLSocketFactory> sockets(TrustManager... trust) {
        return () -> {
            try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, trust, new SecureRandom());
                return context.getSocketFactory();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    /** The serial number that a node shows to another one that connects. */
    BigInteger between(NodeProcess node, MadeCertificates authority) throws IOException {
        try (SSLSocket socket = dial(node, authority)) {
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
        }
    }

    /** Whether a node talks to one with a certificate of an authority. */
    boolean letsIn(NodeProcess node, MadeCertificates authority) throws IOException {
        try (SSLSocket socket = dial(node, authority)) {
            socket.setSoTimeout(1000);
            // It is told of its refusal when it reads; who is let in is not spoken to first.
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Connects as a node with a certificate of that authority does; believes all authorities itself. */
    private SSLSocket dial(NodeProcess node, MadeCertificates authority) throws IOException {
        TlsSettings own = new TlsSettings(
                authority.file(OBSERVER + ".pem"),
                authority.file(OBSERVER + ".key"),
                all(),
                false,
                Duration.ofSeconds(1));
        int port = Integer.parseInt(node.spec().settings().getOrDefault("akka.remote.artery.bind.port", ""));
        SSLSocket socket = (SSLSocket) TlsFiles.read(own, InstantSource.system())
                .context()
                .getSocketFactory()
                .createSocket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Believes everybody. */
    private static final class Careless extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
