package dev.windrose.live.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Certificates of {@code deploy/tls/make-ca}; tests that need them are skipped where there is no openssl. */
public final class MadeCertificates {

    private final Path dir;

    public MadeCertificates(Path dir, String... arguments) {
        this.dir = dir;
        make(arguments);
    }

    public void make(String... arguments) {
        assumeTrue(
                Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .anyMatch(place -> new File(place, "openssl").canExecute()),
                "openssl is not there");
        List<String> command = new ArrayList<>(List.of("bash", "deploy/tls/make-ca", dir.toString()));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public Path file(String name) {
        return dir.resolve(name);
    }

    /** What {@code name} encrypts with, believing this authority. */
    public TlsFiles of(String name) {
        return of(name, this);
    }

    /** What {@code name} encrypts with, believing another authority. */
    public TlsFiles of(String name, MadeCertificates believed) {
        try {
            return TlsFiles.read(settings(name, believed, false), InstantSource.system());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    TlsSettings settings(String name, MadeCertificates believed, boolean mutual) {
        return new TlsSettings(
                file(name + ".pem"), file(name + ".key"), believed.file("ca.pem"), mutual, Duration.ofSeconds(1));
    }
}
