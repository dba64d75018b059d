package dev.windrose.live.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What connections are encrypted with, from files that are read again when they change. Files that cannot be used change
 * nothing: what was read before stays.
 */
public final class TlsFiles {

    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);

    private static final int BYTES_AT_MOST = 1 << 20;
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /** What tells one state of the files from another. */
    private record Contents(String certificate, String key, String authority) {}

    private final TlsSettings settings;
    private Contents seen;
    private boolean refused = false;
    private volatile SSLContext context;

    /** @throws IOException when the files cannot be used, with one line that says why */
    public static TlsFiles read(TlsSettings settings) throws IOException {
        return new TlsFiles(settings);
    }

    private TlsFiles(TlsSettings settings) throws IOException {
        this.settings = settings;
        this.seen = contents();
        this.context = made(seen);
    }

    /** What new connections are encrypted with. Safe for all threads. */
    public SSLContext context() {
        return context;
    }

    /** Whether others show certificates that can be believed. */
    public boolean believesOthers() {
        return settings.authority() != null;
    }

    /** Reads the files again if they have changed. Blocks; for one thread at a time. */
    public synchronized void look() {
        try {
            Contents now = contents();
            if (now.equals(seen)) {
                return;
            }
            context = made(now);
            seen = now;
            refused = false;
            LOG.info("certificate of [{}] read again", settings.certificate());
        } catch (IOException e) {
            if (!refused) {
                LOG.error(
                        "certificate of [{}] cannot be used, the one before stays, cause [{}]",
                        settings.certificate(),
                        e.getMessage());
            }
            refused = true;
        }
    }

    private Contents contents() throws IOException {
        Path authority = settings.authority();
        return new Contents(
                text(settings.certificate()), text(settings.key()), authority == null ? "" : text(authority));
    }

    private static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(BYTES_AT_MOST + 1);
            if (bytes.length > BYTES_AT_MOST) {
                throw new IOException(file + ": too large (expected: at most " + BYTES_AT_MOST + " bytes of PEM)");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IOException(file + ": cannot be read (expected: a file of PEM)", e);
        }
    }

    private SSLContext made(Contents contents) throws IOException {
        try {
            KeyStore own = empty();
            own.setKeyEntry(
                    "own",
                    key(contents.key()),
                    new char[0],
                    certificates(contents.certificate()).toArray(new Certificate[0]));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, new char[0]);
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(keys.getKeyManagers(), believed(contents.authority()), null);
            return made;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(
                    settings.certificate() + ": " + e.getMessage() + " (expected: PEM of a certificate and its key in"
                            + " PKCS #8)",
                    e);
        }
    }

    private static TrustManager @Nullable [] believed(String authority) throws GeneralSecurityException, IOException {
        if (authority.isEmpty()) {
            return null;
        }
        KeyStore others = empty();
        int number = 0;
        for (Certificate certificate : certificates(authority)) {
            others.setCertificateEntry("authority-" + number++, certificate);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(others);
        return trust.getTrustManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(String text) throws GeneralSecurityException {
        List<Certificate> found = new ArrayList<>(CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1))));
        if (found.isEmpty()) {
            throw new GeneralSecurityException("no certificate in it");
        }
        return found;
    }

    private static PrivateKey key(String text) throws GeneralSecurityException {
        Matcher pem = KEY.matcher(text);
        if (!pem.find()) {
            throw new GeneralSecurityException("no PRIVATE KEY in its key file");
        }
        PKCS8EncodedKeySpec spec =
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
        GeneralSecurityException last = new GeneralSecurityException("key of another algorithm");
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException e) {
                last = e;
            }
        }
        throw last;
    }
}
