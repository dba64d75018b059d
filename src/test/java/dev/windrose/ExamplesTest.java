package dev.windrose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What people copy out of this repository is safe to run. */
class ExamplesTest {

    /** A credential among the arguments of curl, which every user of the machine reads in its list of processes. */
    private static final Pattern KEY_IN_ARGUMENTS =
            Pattern.compile("(?i)(-H|--header)[ =]?['\"]?(Authorization|X-Api-Key)|curl\\b.* (-u|--user)[ =]");

    @Test
    void theWrapperRunsOnlyWhatHasTheChecksumThatIsWrittenDown() throws IOException {
        Properties wrapper = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of(".mvn/wrapper/maven-wrapper.properties"))) {
            wrapper.load(file);
        }

        assertThat(wrapper.getProperty("distributionUrl")).startsWith("https://");
        assertThat(wrapper.getProperty("distributionSha256Sum")).matches("[0-9a-f]{64}");
    }

    @Test
    void noExampleHasAKeyAmongTheArgumentsOfAProcess() throws IOException {
        assertThat("curl -H 'Authorization: Bearer wr_1' http://h/").containsPattern(KEY_IN_ARGUMENTS);
        assertThat("curl -H @header http://h/").doesNotContainPattern(KEY_IN_ARGUMENTS);
        List<String> found = new ArrayList<>();
        for (Path file : documents()) {
            for (String line : Files.readAllLines(file)) {
                if (KEY_IN_ARGUMENTS.matcher(line).find()) {
                    found.add(file + ": " + line);
                }
            }
        }
        assertThat(found).isEmpty();
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            List<Path> documents = new ArrayList<>(
                    docs.filter(file -> file.toString().endsWith(".md")).toList());
            documents.add(Path.of("README.md"));
            documents.add(Path.of("deploy/local/up"));
            assertThat(documents).hasSizeGreaterThan(20);
            return documents;
        }
    }
}
