package dev.windrose.live.access;

import com.nimbusds.jose.jwk.JWKSet;
import dev.windrose.watch.AccessMeters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.text.ParseException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys by which an issuer signs tokens. Those fetched last are used until others are fetched, also after a restart and
 * however long the issuer is away.
 */
public final class JwksCache {

    private static final Logger LOG = LoggerFactory.getLogger(JwksCache.class);

    private static final int KEYS_AT_MOST = 100;
    private static final Duration WANTED_AFTER = Duration.ofSeconds(10);

    /** Fetches the document. Blocks. */
    public interface Source {
        byte[] fetch() throws IOException;
    }

    private final Source source;
    private final Path file;
    private final Duration refreshEvery;
    private final LongSupplier nanoTime;
    private final AccessMeters meters;

    private volatile JWKSet keys = new JWKSet();
    private volatile boolean wanted = true;
    private boolean tried = false;
    private boolean failing = false;
    private long triedAt = 0;
    private long fetchedAt = 0;

    /** @param file where they are kept; read at once when it is there */
    public JwksCache(Source source, Path file, Duration refreshEvery, LongSupplier nanoTime, AccessMeters meters) {
        this.source = source;
        this.file = file;
        this.refreshEvery = refreshEvery;
        this.nanoTime = nanoTime;
        this.meters = meters;
        if (Files.isReadable(file)) {
            try {
                keys = parsed(Files.readAllBytes(file));
            } catch (IOException | ParseException e) {
                LOG.warn("keys of the issuer in [{}] cannot be read, cause [{}]", file, e.getMessage());
            }
        }
    }

    /** The keys that are used now; the same object until they change. */
    public JWKSet keys() {
        return keys;
    }

    /** A token names a key that is not there: look soon. */
    void want() {
        wanted = true;
    }

    /** Fetches the keys when it is time to. Blocks; called again and again, by one thread at a time. */
    public synchronized void look() {
        long now = nanoTime.getAsLong();
        boolean due = !tried
                || now - fetchedAt >= refreshEvery.toNanos()
                || (wanted && now - triedAt >= WANTED_AFTER.toNanos());
        if (!due || (tried && now - triedAt < WANTED_AFTER.toNanos())) {
            return;
        }
        tried = true;
        triedAt = now;
        wanted = false;
        try {
            JWKSet fetched = parsed(source.fetch());
            fetchedAt = now;
            failing = false;
            meters.jwksFetched(true);
            if (!fetched.toString().equals(keys.toString())) {
                keys = fetched;
                keep(fetched);
                LOG.info("keys of the issuer fetched, keys [{}]", fetched.size());
            }
        } catch (IOException | ParseException | RuntimeException e) {
            meters.jwksFetched(false);
            if (!failing) {
                LOG.warn(
                        "keys of the issuer cannot be fetched, those of before stay, keys [{}], cause [{}]",
                        keys.size(),
                        e.getMessage());
            }
            failing = true;
        }
    }

    private static JWKSet parsed(byte[] document) throws IOException, ParseException {
        JWKSet parsed =
                JWKSet.parse(new String(document, StandardCharsets.UTF_8)).toPublicJWKSet();
        if (parsed.isEmpty() || parsed.size() > KEYS_AT_MOST) {
            throw new IOException("keys: " + parsed.size() + " (expected: 1 to " + KEYS_AT_MOST + " public ones)");
        }
        return parsed;
    }

    private void keep(JWKSet fetched) {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.writeString(next, fetched.toString());
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("keys of the issuer cannot be kept in [{}], cause [{}]", file, e.getMessage());
        }
    }
}
