package dev.windrose.multijvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The product and its rehearsal are two jars: what runs in production does not contain what plays clients and failures. */
class RehearsalJarStory {

    private static final List<String> COMMANDS = List.of("origin", "traffic", "story", "bench");
    private static final String SERVICE = "META-INF/services/dev.windrose.cli.Subcommand";
    private static final long ENDS_WITHIN_S = 60;

    @TempDir
    private Path scratch;

    private record Ran(int code, String said) {}

    @Test
    void everyClassIsInOneOfTheTwoJars() throws Exception {
        List<String> product = files(Cluster.home().resolve("lib/windrose.jar"));
        List<String> rehearsal = files(Cluster.home().resolve("rehearsal/windrose-rehearsal.jar"));

        assertThat(product)
                .contains("dev/windrose/cli/Windrose.class", "reference.conf")
                .doesNotContain(SERVICE)
                .noneMatch(name -> name.startsWith("dev/windrose/stage/"));
        assertThat(rehearsal)
                .contains(SERVICE, "dev/windrose/stage/Origin.class")
                .allMatch(name -> name.startsWith("dev/windrose/stage/") || name.startsWith("META-INF/"));
    }

    @Test
    void itsCommandsRunWhereItIsInstalled() throws Exception {
        for (String command : COMMANDS) {
            Ran ran = run(Cluster.home(), command, "--help");

            assertThat(ran.said()).startsWith("Usage: windrose " + command);
            assertThat(ran.code()).isZero();
        }
    }

    @Test
    void withoutItTheCommandSaysWhatIsMissingAndDoesTheRest() throws Exception {
        Path home = Files.createDirectories(scratch.resolve("installed"));
        Files.createDirectories(home.resolve("bin"));
        Files.copy(
                Cluster.home().resolve("bin/windrose"),
                home.resolve("bin/windrose"),
                StandardCopyOption.COPY_ATTRIBUTES);
        Files.createSymbolicLink(home.resolve("lib"), Cluster.home().resolve("lib"));

        for (String command : COMMANDS) {
            Ran ran = run(home, command, "--help");

            assertThat(ran.said().strip())
                    .startsWith(command + ": not installed (expected: rehearsal/windrose-rehearsal.jar")
                    .hasLineCount(1);
            assertThat(ran.code()).isEqualTo(2);
        }
        assertThat(run(home, "version")).returns(0, Ran::code);
    }

    private static List<String> files(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .toList();
        }
    }

    private Ran run(Path home, String... words) throws IOException, InterruptedException {
        Path said = Files.createTempFile(scratch, "windrose", ".log");
        ProcessBuilder builder = new ProcessBuilder(home.resolve("bin/windrose").toString());
        builder.command().addAll(List.of(words));
        builder.environment().keySet().removeIf(name -> name.startsWith("WINDROSE_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.redirectErrorStream(true).redirectOutput(said.toFile());
        Process process = builder.start();
        if (!process.waitFor(ENDS_WITHIN_S, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", words) + ": did not end within " + ENDS_WITHIN_S + " s");
        }
        return new Ran(process.exitValue(), Files.readString(said));
    }
}
