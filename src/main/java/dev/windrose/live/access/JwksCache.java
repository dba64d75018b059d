package dev.windrose.live.access;

import com.nimbusds.jose.jwk.JWKSet;
import dev.windrose.live.disk.PrivateFile;
import dev.windrose.watch.AccessMeters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signing keys of a token issuer. The last fetched keys stay in use until new ones are fetched, also after a
 * restart and however long the issuer is unavailable.
 */
public final class JwksCache {

    private static final Logger LOG = LoggerFactory.getLogger(JwksCache.class);

    private static final int KEYS_AT_MOST = 100;
    private static final Duration WANTED_AFTER = Duration.ofSeconds(10);

    /** Fetches the document, with a timeout of its own. */
    public interface Source {
        CompletableFuture<byte[]> fetch();
    }

    private final Source source;
    private final Path file;
    private final Duration refreshEvery;
    private final LongSupplier nanoTime;
    private final Executor files;
    private final AccessMeters meters;

    private volatile JWKSet keys = new JWKSet();
    private volatile boolean wanted = true;
    private boolean tried = false;
    private boolean failing = false;
    private boolean fetching = false;
    private long triedAt = 0;
    private long fetchedAt = 0;

    /**
     * @param file cache file; read at once when it exists
     * @param files runs file access
     */
    public JwksCache(
            Source source,
            Path file,
            Duration refreshEvery,
            LongSupplier nanoTime,
            Executor files,
            AccessMeters meters) {
        this.source = source;
        this.files = files;
        this.file = file;
        this.refreshEvery = refreshEvery;
        this.nanoTime = nanoTime;
        this.meters = meters;
        if (Files.isReadable(file)) {
            try {
                keys = parsed(Files.readAllBytes(file));
            } catch (IOException | ParseException e) {
                LOG.warn("issuer keys in [{}] cannot be read, cause [{}]", file, e.getMessage());
            }
        }
    }

    /** The current keys; the same instance until they change. */
    public JWKSet keys() {
        return keys;
    }

    /** A token names an unknown key: fetch soon. */
    void want() {
        wanted = true;
    }

    /**
     * Fetches the keys when due; does not block. The stage completes when they are fetched, or the fetch has failed.
     */
    public CompletionStage<Void> look() {
        long now = nanoTime.getAsLong();
        synchronized (this) {
            boolean due = !tried
                    || now - fetchedAt >= refreshEvery.toNanos()
                    || (wanted && now - triedAt >= WANTED_AFTER.toNanos());
            if (fetching || !due || (tried && now - triedAt < WANTED_AFTER.toNanos())) {
                return CompletableFuture.completedFuture(null);
            }
            fetching = true;
            tried = true;
            triedAt = now;
            wanted = false;
        }
        return fetched().thenAcceptAsync(document -> take(document, now), files).handle((done, failure) -> {
            ended(failure);
            return null;
        });
    }

    private CompletableFuture<byte[]> fetched() {
        try {
            return source.fetch();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private synchronized void take(byte[] document, long now) {
        try {
            JWKSet next = parsed(document);
            fetchedAt = now;
            if (!next.toString().equals(keys.toString())) {
                keys = next;
                keep(next);
                LOG.info("issuer keys fetched, keys [{}]", next.size());
            }
        } catch (IOException | ParseException e) {
            throw new CompletionException(e);
        }
    }

    private synchronized void ended(@Nullable Throwable failure) {
        fetching = false;
        meters.jwksFetched(failure == null);
        if (failure != null && !failing) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            LOG.warn(
                    "issuer keys cannot be fetched, previous keys stay in use, keys [{}], cause [{}]",
                    keys.size(),
                    cause.getMessage());
        }
        failing = failure != null;
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
            PrivateFile.make(next);
            Files.writeString(next, fetched.toString());
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("issuer keys cannot be stored in [{}], cause [{}]", file, e.getMessage());
        }
    }
}
