package dev.windrose.live.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates and keys from files that are reloaded when they change. Invalid files change nothing: the previous ones
 * stay in effect, and meters and the log report it. They also report when the certificate in use expires.
 */
public final class TlsFiles {

    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);

    private static final int BYTES_AT_MOST = 1 << 20;

    /** The authentication type of TLS 1.3, in which the key exchange does not depend on the certificate. */
    private static final String AS_TLS_1_3 = "UNKNOWN";

    /** Identifies a version of the files. */
    private record Contents(String certificate, String key, String authority) {}

    /**
     * The parsed files.
     *
     * @param authorities number of trusted authorities
     */
    private record Made(Contents contents, SSLContext context, Validity life, int authorities) {}

    private final TlsSettings settings;
    private final InstantSource clock;
    private Validity.Phase phase = Validity.Phase.GOOD;
    private volatile @Nullable Made made = null;
    private volatile String complaint = "";
    private volatile Runnable listener = () -> {};

    /**
     * Reads them, and also accepts a certificate that is currently not valid: clients that ignore its dates are served.
     *
     * @throws IOException when they are invalid, with one line that says why
     */
    public static TlsFiles read(TlsSettings settings, InstantSource clock) throws IOException {
        TlsFiles files = new TlsFiles(settings, clock);
        files.take(files.make(files.contents()));
        return files;
    }

    /** Reads them if they are valid; otherwise {@link #problem()} says why not, and they are checked again. */
    public static TlsFiles open(TlsSettings settings, InstantSource clock) {
        TlsFiles files = new TlsFiles(settings, clock);
        files.look();
        return files;
    }

    private TlsFiles(TlsSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * The material for new connections. Safe for all threads.
     *
     * @throws IllegalStateException when the files were never valid
     */
    public SSLContext context() {
        Made now = made;
        if (now == null) {
            throw new IllegalStateException(complaint);
        }
        return now.context();
    }

    /** Whether peers' certificates can be verified. */
    public boolean believesOthers() {
        return settings.authority() != null;
    }

    /** Why the certificate is currently not valid for a verifying peer; null when it is. Safe for all threads. */
    public @Nullable String problem() {
        Made now = made;
        if (now == null) {
            return complaint;
        }
        return now.life().at(clock.instant()).good() ? null : outOfTime(now.life());
    }

    /** When the certificate in use expires, in seconds since 1970; 0 when there is none. Safe for all threads. */
    public long expires() {
        Made now = made;
        return now == null ? 0 : now.life().until().getEpochSecond();
    }

    /** Whether the files are invalid. Safe for all threads. */
    public boolean refused() {
        return !complaint.isEmpty();
    }

    /** Number of trusted authorities. Safe for all threads. */
    public int authorities() {
        Made now = made;
        return now == null ? 0 : now.authorities();
    }

    /** Who is told when files were read that others than before. */
    public void whenRead(Runnable told) {
        listener = told;
    }

    /** Reloads the files if they have changed. Blocks, and throws nothing; for one thread at a time. */
    public synchronized void look() {
        try {
            Contents now = contents();
            Made before = made;
            if (before == null || !now.equals(before.contents())) {
                Made next = make(now);
                if (!next.life().at(clock.instant()).good()) {
                    throw new IOException(outOfTime(next.life()));
                }
                take(next);
            } else if (refused()) {
                LOG.info("certificate [{}] is in use again", settings.certificate());
            }
            complaint = "";
        } catch (IOException e) {
            refuse(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            refuse(settings.certificate() + ": cannot be understood: " + e);
        }
        tellPhase();
    }

    private void take(Made next) {
        if (made != null || refused()) {
            LOG.info(
                    "certificate [{}] reloaded, expires [{}], authorities of others [{}]",
                    settings.certificate(),
                    next.life().until(),
                    next.authorities());
        }
        made = next;
        tellPhase();
        listener.run();
    }

    private void refuse(String why) {
        if (!why.equals(complaint)) {
            complaint = why;
            LOG.error(
                    "certificate [{}] cannot be used, {}, cause [{}]",
                    settings.certificate(),
                    made == null ? "there is no previous one" : "the previous one stays in use",
                    why);
        }
    }

    /** Logs once when the certificate in use needs attention. */
    private void tellPhase() {
        Made now = made;
        Validity.Phase is = now == null ? Validity.Phase.GOOD : now.life().at(clock.instant());
        if (now == null || is == phase) {
            return;
        }
        phase = is;
        if (is == Validity.Phase.SOON) {
            LOG.warn(
                    "certificate [{}] expires [{}]: replace it",
                    settings.certificate(),
                    now.life().until());
        } else if (!is.good()) {
            LOG.error(
                    "certificate [{}] is not valid now, open connections continue, new ones are refused by peers that check it,"
                            + " cause [{}]",
                    settings.certificate(),
                    outOfTime(now.life()));
        }
    }

    /** The same text at every check, so that it is reported once. */
    private String outOfTime(Validity life) {
        return settings.certificate()
                + (life.at(clock.instant()) == Validity.Phase.EARLY
                        ? ": not valid before " + life.from()
                        : ": expired " + life.until())
                + " (expected: a currently valid certificate and a correct clock)";
    }

    private Contents contents() throws IOException {
        Path authority = settings.authority();
        return new Contents(
                text(settings.certificate()), text(settings.key()), authority == null ? "" : text(authority));
    }

    private static String text(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(BYTES_AT_MOST + 1);
        } catch (IOException e) {
            throw new IOException(file + ": cannot be read (expected: a PEM file)", e);
        }
        if (bytes.length > BYTES_AT_MOST) {
            throw new IOException(file + ": too large (expected: at most " + BYTES_AT_MOST + " bytes of PEM)");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private Made make(Contents contents) throws IOException {
        try {
            List<X509Certificate> chain = Pem.certificates(contents.certificate());
            KeyStore own = empty();
            own.setKeyEntry(
                    "own", Pem.keyOf(chain.get(0), contents.key()), new char[0], chain.toArray(new X509Certificate[0]));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, new char[0]);
            List<X509Certificate> authorities = believesOthers() ? authorities(contents.authority()) : List.of();
            // Without explicit authorities, Java would trust all those of the platform.
            TrustManager[] believed = believesOthers() ? believed(authorities) : null;
            Validity life = Validity.of(chain);
            if (settings.mutual()
                    && believed != null
                    && life.at(clock.instant()).good()) {
                believesItself(believed, chain);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), believed, null);
            return new Made(contents, context, life, authorities.size());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(
                    settings.certificate() + ": " + e.getMessage() + " (expected: PEM of a certificate and its key in"
                            + " PKCS #8)",
                    e);
        }
    }

    private List<X509Certificate> authorities(String text) throws IOException {
        try {
            return Pem.certificates(text);
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    settings.authority() + ": " + e.getMessage() + " (expected: PEM of one or more authorities)", e);
        }
    }

    private static TrustManager[] believed(List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        KeyStore others = empty();
        int number = 0;
        for (X509Certificate authority : authorities) {
            others.setCertificateEntry("authority-" + number++, authority);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(others);
        return trust.getTrustManagers();
    }

    /** The peers trust the same authority: what it would refuse, they would refuse, too. */
    private void believesItself(TrustManager[] believed, List<X509Certificate> chain) throws IOException {
        X509Certificate[] shown = chain.toArray(new X509Certificate[0]);
        try {
            for (TrustManager manager : believed) {
                if (manager instanceof X509TrustManager trust) {
                    trust.checkServerTrusted(shown, AS_TLS_1_3);
                    trust.checkClientTrusted(shown, AS_TLS_1_3);
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    settings.certificate() + ": " + e.getMessage() + " (expected: a certificate of "
                            + settings.authority() + ", valid for servers and clients)",
                    e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
