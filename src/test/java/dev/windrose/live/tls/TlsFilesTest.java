package dev.windrose.live.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.windrose.Forall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Files of certificates that are replaced, rightly and wrongly, while they are in use. */
class TlsFilesTest {

    private static final String[] EXPIRED = {
        "--from", "2026-01-01T00:00:00Z", "--until", "2026-01-02T00:00:00Z", "a=127.0.0.1"
    };

    @TempDir
    Path dir;

    private MadeCertificates made;

    @BeforeEach
    void make() {
        made = new MadeCertificates(dir.resolve("ours"), "a=127.0.0.1");
    }

    private TlsFiles node() {
        return TlsFiles.open(made.settings("a", made, true), InstantSource.system());
    }

    private void put(Path file, String name) throws IOException {
        Files.copy(file, made.file(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private byte[] read(String name) throws IOException {
        return Files.readAllBytes(made.file(name));
    }

    private static void changesNothing(TlsFiles files, SSLContext before) {
        files.look();

        assertThat(files.refused()).isTrue();
        assertThat(files.context()).isSameAs(before);
        assertThat(files.problem()).isNull();
    }

    @Test
    void aKeyOfAnotherCertificateChangesNothing() throws IOException {
        for (TlsFiles files : new TlsFiles[] {made.of("a"), node()}) {
            SSLContext before = files.context();
            byte[] certificate = read("a.pem");
            made.make("a=127.0.0.1");
            byte[] next = read("a.pem");
            Files.write(made.file("a.pem"), certificate);
            changesNothing(files, before);

            Files.write(made.file("a.pem"), next);
            files.look();
            assertThat(files.refused()).isFalse();
            assertThat(files.context()).isNotSameAs(before);
        }
    }

    @Test
    void anExpiredCertificateChangesNothingAndIsForgottenWhenTheOldOneIsBack() throws IOException {
        for (TlsFiles files : new TlsFiles[] {made.of("a"), node()}) {
            SSLContext before = files.context();
            long expires = files.expires();
            byte[] certificate = read("a.pem");
            byte[] key = read("a.key");
            made.make(EXPIRED);
            changesNothing(files, before);
            assertThat(files.expires()).isEqualTo(expires);

            Files.write(made.file("a.pem"), certificate);
            Files.write(made.file("a.key"), key);
            files.look();
            assertThat(files.refused()).isFalse();
            assertThat(files.context()).isSameAs(before);
        }
    }

    @Test
    void aCertificateOfTomorrowIsUsedTomorrow() {
        Instant today = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Instant tomorrow = today.plus(Duration.ofDays(1));
        Instant[] now = {today};
        TlsFiles files = TlsFiles.open(made.settings("a", made, false), () -> now[0]);
        SSLContext before = files.context();
        made.make(
                "--from",
                tomorrow.toString(),
                "--until",
                today.plus(Duration.ofDays(9)).toString(),
                "a=127.0.0.1");
        changesNothing(files, before);

        now[0] = tomorrow;
        files.look();
        assertThat(files.refused()).isFalse();
        assertThat(files.expires()).isEqualTo(today.plus(Duration.ofDays(9)).getEpochSecond());
    }

    @Test
    void whoStartsWithAnExpiredCertificateServesWhoeverTakesIt() {
        made.make(EXPIRED);
        TlsFiles files = made.of("a");

        assertThat(files.context()).isNotNull();
        assertThat(files.problem())
                .contains("a.pem: expired 2026-01-02T00:00:00Z (expected: a currently valid certificate");
    }

    @Test
    void aNodeThatStartsWithoutAGoodCertificateHasNoneUntilOneIsThere() throws IOException {
        made.make(EXPIRED);
        TlsFiles expired = node();
        Files.delete(made.file("a.key"));
        TlsFiles gone = node();

        assertThat(expired.problem())
                .contains("a.pem: expired 2026-01-02T00:00:00Z (expected: a currently valid certificate");
        assertThat(gone.problem()).contains("a.key: cannot be read (expected: a PEM file)");
        for (TlsFiles files : new TlsFiles[] {expired, gone}) {
            AtomicInteger told = new AtomicInteger();
            files.whenRead(told::incrementAndGet);
            assertThat(files.refused()).isTrue();
            assertThat(files.expires()).isZero();
            assertThatThrownBy(files::context).isInstanceOf(IllegalStateException.class);
            files.look();
            assertThat(told).hasValue(0);

            made.make("a=127.0.0.1");
            files.look();
            assertThat(told).hasValue(1);
            assertThat(files.problem()).isNull();
            assertThat(files.context()).isNotNull();
            made.make(EXPIRED);
        }
    }

    @Test
    void aCertificateThatExpiresInUseIsKeptAndNamed() {
        Instant[] now = {Instant.now()};
        TlsFiles files = TlsFiles.open(made.settings("a", made, true), () -> now[0]);
        SSLContext before = files.context();

        now[0] = now[0].plus(Duration.ofDays(400));
        files.look();

        assertThat(files.context()).isSameAs(before);
        assertThat(files.problem()).contains("a.pem: expired 20");
    }

    @Test
    void whatIsWrongIsSaidOnce() throws IOException {
        Logger log = (Logger) LoggerFactory.getLogger(TlsFiles.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        Instant[] now = {Instant.now()};
        TlsFiles files = TlsFiles.open(made.settings("a", made, true), () -> now[0]);
        said.start();
        log.addAppender(said);
        try {
            Runnable looks = () -> {
                for (int i = 0; i < 3; i++) {
                    now[0] = now[0].plusSeconds(10);
                    files.look();
                }
            };
            looks.run();
            byte[] certificate = read("a.pem");
            Files.write(made.file("a.pem"), new byte[0]);
            looks.run();
            Files.write(made.file("a.pem"), certificate);
            looks.run();
            now[0] = now[0].plus(Duration.ofDays(390));
            looks.run();
            now[0] = now[0].plus(Duration.ofDays(30));
            looks.run();
            Files.delete(made.file("a.pem"));
            looks.run();
            made.make(EXPIRED);
            looks.run();
        } finally {
            log.detachAppender(said);
        }

        assertThat(said.list)
                .extracting(event -> event.getLevel() + " "
                        + event.getFormattedMessage().replaceFirst("certificate \\[[^]]*] ([a-z]+( [a-z]+)?).*", "$1"))
                .containsExactly(
                        "ERROR cannot be", // empty
                        "INFO is in", // use again
                        "WARN expires", // in less than 14 days
                        "ERROR is not", // good any more
                        "ERROR cannot be", // not there
                        "ERROR cannot be"); // expired
    }

    @Test
    void aNodesCertificateThatTheOthersWouldRefuseChangesNothing() throws IOException {
        MadeCertificates theirs = new MadeCertificates(dir.resolve("theirs"), "a=127.0.0.1");
        TlsFiles files = node();
        SSLContext before = files.context();

        put(theirs.file("a.pem"), "a.pem");
        put(theirs.file("a.key"), "a.key");
        changesNothing(files, before);
        made.make("--agent", "a"); // good for clients only
        changesNothing(files, before);
        made.make("a=127.0.0.1");
        files.look();
        assertThat(files.refused()).isFalse();
    }

    @Test
    void anAuthorityTakesThePlaceOfAnother() throws IOException {
        MadeCertificates next = new MadeCertificates(dir.resolve("next"), "a=127.0.0.1");
        TlsFiles files = node();
        SSLContext first = files.context();

        byte[] old = read("ca.pem");
        put(next.file("ca.pem"), "ca.pem");
        changesNothing(files, first); // one's own certificate is of the old one still
        Files.write(made.file("ca.pem"), old, StandardOpenOption.APPEND);
        files.look();
        assertThat(files.refused()).isFalse();
        assertThat(files.authorities()).isEqualTo(2);
        put(next.file("a.key"), "a.key");
        put(next.file("a.pem"), "a.pem");
        files.look();
        assertThat(files.refused()).isFalse();
        put(next.file("ca.pem"), "ca.pem");
        files.look();
        assertThat(files.refused()).isFalse();
        assertThat(files.authorities()).isEqualTo(1);
    }

    /** Java takes no authority at all for all authorities of the platform. */
    @Test
    void anEmptyFileOfAuthoritiesChangesNothing() throws IOException {
        for (TlsFiles files : new TlsFiles[] {made.of("a"), node()}) {
            SSLContext before = files.context();
            byte[] whole = read("ca.pem");
            Files.write(made.file("ca.pem"), new byte[0]);
            changesNothing(files, before);
            Files.write(made.file("ca.pem"), whole);
        }
    }

    @Test
    void filesThatAreCutOffChangeNothing() throws IOException {
        TlsFiles files = node();
        SSLContext before = files.context();
        byte[] certificate = read("a.pem");
        int first = new String(certificate, StandardCharsets.US_ASCII).indexOf("-----END") + 24;
        for (String name : new String[] {"a.pem", "a.key", "ca.pem"}) {
            byte[] whole = read(name);
            int most = name.equals("a.pem") ? first : whole.length - 1; // the line's end may be missing
            Forall.cases(random -> {
                Files.write(made.file(name), Arrays.copyOf(whole, random.nextInt(most)));
                changesNothing(files, before);
            });
            Files.write(made.file(name), whole);
        }
    }

    @Test
    void damagedFilesAreRefusedOrSayTheSame() throws IOException {
        TlsFiles files = node();
        long expires = files.expires();
        for (String name : new String[] {"a.pem", "a.key", "ca.pem"}) {
            byte[] whole = read(name);
            Forall.cases(random -> {
                byte[] damaged = whole.clone();
                for (int i = 0; i <= random.nextInt(8); i++) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
                }
                Files.write(made.file(name), damaged);
                files.look();
                assertThat(files.expires()).isEqualTo(expires);
                assertThat(files.problem()).isNull();
            });
            Files.write(made.file(name), whole);
        }
    }
}
