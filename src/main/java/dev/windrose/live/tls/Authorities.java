package dev.windrose.live.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate authorities that checks trust: by default the platform's and those of one file, and by name those of
 * the files {@code NAME.pem} of one directory. The files are reloaded when they change; an invalid one changes nothing,
 * and the log reports it once.
 */
public final class Authorities {

    private static final Logger LOG = LoggerFactory.getLogger(Authorities.class);

    private static final String ENDING = ".pem";
    private static final int FILES_AT_MOST = 64;
    private static final int BYTES_AT_MOST = 1 << 20;

    /** @param problem why the text is invalid; empty when it is valid */
    private record Read(String text, @Nullable Trust trust, String problem) {}

    private final @Nullable Path file;
    private final @Nullable Path directory;
    private final Trust platform;
    private @Nullable Read more = null;
    private final Map<String, Read> reads = new TreeMap<>();
    private String directoryProblem = "";
    private volatile Trust usual;
    private volatile Map<String, Trust> named = Map.of();

    /** For a node without such files. */
    public static Authorities platform() {
        return new Authorities(null, null);
    }

    /**
     * Reads the files.
     *
     * @param file with authorities trusted in addition to the platform's; null for none
     * @param directory of files with authorities by name; null for none
     */
    public Authorities(@Nullable Path file, @Nullable Path directory) {
        this.file = file;
        this.directory = directory;
        this.platform = Trust.platform();
        this.usual = platform;
        look();
    }

    /**
     * The trusted authorities. Safe for all threads.
     *
     * @param name of the authorities; empty for the default
     * @throws IOException when there are none of that name
     */
    public Trust of(String name) throws IOException {
        Trust trust = name.isEmpty() ? usual : named.get(name);
        if (trust == null) {
            throw new IOException("ca: '" + name + "' (expected: a file " + name + ENDING
                    + " in windrose.health.ca-dir of this node)");
        }
        return trust;
    }

    /** Reloads changed files. Blocks on the disk. */
    public synchronized void look() {
        if (file != null) {
            Read read = read(file, more, true);
            more = read;
            usual = read.trust() == null ? platform : read.trust();
        }
        if (directory != null) {
            lookIn(directory);
        }
    }

    private void lookIn(Path place) {
        Map<String, Trust> found = new TreeMap<>();
        Set<String> there = new HashSet<>();
        String problem = "";
        try (DirectoryStream<Path> files = Files.newDirectoryStream(place, "*" + ENDING)) {
            for (Path each : files) {
                String fileName = Objects.requireNonNull(each.getFileName()).toString();
                String name = fileName.substring(0, fileName.length() - ENDING.length());
                if (found.size() >= FILES_AT_MOST) {
                    problem = "more than " + FILES_AT_MOST + " files";
                    break;
                }
                there.add(name);
                Read read = read(each, reads.get(name), false);
                reads.put(name, read);
                if (read.trust() != null) {
                    found.put(name, read.trust());
                }
            }
        } catch (IOException | RuntimeException e) {
            problem = "cannot be read";
            found.putAll(named);
            there.addAll(reads.keySet());
        }
        if (!problem.isEmpty() && !problem.equals(directoryProblem)) {
            LOG.warn("authorities [{}] {} (expected: a directory of PEM files)", place, problem);
        }
        directoryProblem = problem;
        reads.keySet().retainAll(there);
        named = Map.copyOf(found);
    }

    private static Read read(Path file, @Nullable Read before, boolean beside) {
        String text = "";
        try {
            text = text(file);
            if (before != null && before.text().equals(text) && before.problem().isEmpty()) {
                return before;
            }
            List<X509Certificate> certificates = Pem.certificates(text);
            Trust trust = beside ? Trust.platformAnd(certificates) : Trust.only(certificates);
            LOG.info("authorities [{}] read, certificates [{}]", file, certificates.size());
            return new Read(text, trust, "");
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            String problem = String.valueOf(e.getMessage());
            if (before == null || !before.problem().equals(problem)) {
                LOG.warn("authorities [{}] cannot be used, previous ones stay in use, cause [{}]", file, problem);
            }
            return new Read(text, before == null ? null : before.trust(), problem);
        }
    }

    private static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(BYTES_AT_MOST + 1);
            if (bytes.length > BYTES_AT_MOST) {
                throw new IOException("more than " + BYTES_AT_MOST + " bytes");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }
}
