package dev.windrose.boot.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.windrose.boot.Capabilities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @TempDir
    Path dir;

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "windrose.node.region | Europe! | windrose.node.region: Europe! (expected: a region name, such as eu-west-1), set in --region",
                "windrose.node.port | 70000 | windrose.node.port: 70000 (expected: 0 to 65535), set in --set",
                "windrose.node.port | many | windrose.node.port: many (expected: 0 to 65535), set in --set",
                "windrose.node.host | 0.0.0.0 | windrose.node.host: 0.0.0.0 (expected: a loopback address such as 127.0.0.1, or windrose.tls.node set), set in --set",
                "windrose.node.join | perhaps | windrose.node.join: perhaps (expected: true or false), set in --set",
                "windrose.node.restart-after | 5ms | windrose.node.restart-after: 5ms (expected: 100ms to 1m), set in --set",
                "windrose.node.restart-after | 1 fortnight | windrose.node.restart-after: 1 fortnight (expected: 100ms to 1m), set in --set",
                "windrose.node.restart-jitter | NaN | windrose.node.restart-jitter: NaN (expected: 0.0 to 1.0), set in --set",
                "windrose.node.seeds | a:1,b | windrose.node.seeds: a:1,b (expected: 0 to 256 of host:port, such as 127.0.0.1:25519), set in --set",
                "windrose.node.regions | a,b | windrose.node.regions: a,b (expected: a list that contains this node's region, us-east-1), set in --set",
                "windrose.rule.journal.url | jdbc:h2:file:/a/journal | windrose.rule.journal.url: jdbc:h2:file:/a/journal (expected: empty, with its file in the data directory as journal.mv.db, from which it is migrated), set in --set",
                "windrose.node.prot | 1 | windrose.node.prot: unknown setting (expected: windrose.node.port, or another of `windrose config check`), set in --set",
            })
    void saysInOneLineWhatIsWrong(String key, String value, String line) {
        assertThatThrownBy(() -> load(Map.of("windrose.node.region", "us-east-1"), Map.of(key, value)))
                .isInstanceOf(WrongSetting.class)
                .hasMessage(line);
    }

    @Test
    void namesTheFileAndLineOfAWrongValue() throws IOException {
        Path file = Files.writeString(dir.resolve("node.conf"), "windrose.node {\n  region = a\n  port = -1\n}\n");

        assertThatThrownBy(() -> Capabilities.settings(new Settings.Sources(file, Map.of(), Map.of())))
                .hasMessage("windrose.node.port: -1 (expected: 0 to 65535), set in " + file + ":3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"windrose {", "a = ${nowhere}", "windrose.node.port = [", "include file(\"x"})
    void refusesAFileThatIsNoHoconInOneLine(String text) throws IOException {
        Path file = Files.writeString(dir.resolve("broken.conf"), text);

        assertThatThrownBy(() -> Capabilities.settings(new Settings.Sources(file, Map.of(), Map.of())))
                .isInstanceOf(WrongSetting.class)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThatThrownBy(
                        () -> Capabilities.settings(new Settings.Sources(dir.resolve("no.conf"), Map.of(), Map.of())))
                .hasMessage("--config: " + dir.resolve("no.conf") + " (expected: a readable file)");
    }

    @Test
    void asksForTheRegion() {
        assertThatThrownBy(() -> load(Map.of(), Map.of())).hasMessageStartingWith("windrose.node.region: ");
    }

    @Test
    void theCommandLineWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
        Path file = Files.writeString(
                dir.resolve("node.conf"),
                "windrose.node { region = a, port = 1001, stop-drain = 1s, stop-leave = 1s, regions = [a, b] }");
        Settings settings = Capabilities.settings(new Settings.Sources(
                file,
                Map.of("windrose.node.stop-drain", "3s"),
                Map.of("WINDROSE_NODE_PORT", "1002", "WINDROSE_NODE_STOP_DRAIN", "2s", "WINDROSE_REGIONS", "a, c")));

        assertThat(settings.node().port()).isEqualTo(1002);
        assertThat(settings.node().stopDrain()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.node().stopLeave()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.node().regions()).extracting("value").containsExactly("a", "c");
        assertThat(settings.effective())
                .filteredOn(one -> !one.from().isEmpty())
                .extracting(Settings.Effective::from)
                .contains("--set", "the environment, WINDROSE_NODE_PORT", file + ":1");
    }

    @Test
    void everySettingHasACommentAnOverrideAndAReader() {
        Settings settings = load(Map.of("windrose.node.region", "us-east-1"), Map.of());
        SettingKeys keys = settings.keys();

        assertThat(keys.all()).isNotEmpty();
        assertThat(keys.all())
                .allSatisfy(key -> assertThat(key.comment())
                        .as("comment above %s in %s", key.path(), key.file())
                        .hasSizeGreaterThan(30));
        assertThat(keys.all())
                .allSatisfy(key -> assertThat(key.environment())
                        .as("environment override beside %s in %s", key.path(), key.file())
                        .startsWith("WINDROSE_"));
        assertThat(keys.all()).extracting(SettingKeys.Key::environment).doesNotHaveDuplicates();
        assertThat(keys.all())
                .extracting(SettingKeys.Key::path)
                .as("settings declared and settings read")
                .containsExactlyInAnyOrderElementsOf(settings.keysRead());
    }

    @Test
    void refusesToTellASectionThatNoPartHas() {
        Section<String> other = new Section<>("node", "windrose.node", reader -> reader.text("host"));
        Settings settings = load(Map.of("windrose.node.region", "us-east-1"), Map.of());

        assertThatThrownBy(() -> settings.of(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("windrose.node: not read");
    }

    @Test
    void theFilesOfTheRegionsOnOneMachineAreRight() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("conf"))) {
            files.filter(file -> file.toString().endsWith(".conf") && !file.endsWith("local.conf"))
                    .forEach(file -> {
                        Settings settings = Capabilities.settings(new Settings.Sources(file, Map.of(), Map.of()));
                        assertThat(settings.node().regions())
                                .contains(settings.node().region());
                    });
        }
    }

    @Test
    void hidesSecrets() {
        assertThat(Settings.shown("windrose.rule.database-password", "hunter2")).isEqualTo("(hidden)");
        assertThat(Settings.shown("windrose.node.port", "25519")).isEqualTo("25519");
        assertThat(Settings.shown(
                        "windrose.rule.database-url", "\"jdbc:postgresql://a:b@db/w?user=a&password=hunter2\""))
                .isEqualTo("\"jdbc:postgresql://(hidden)@db/w?user=a&password=(hidden)\"");
        assertThat(Settings.shown("windrose.rule.database-url", "x".repeat(190) + "?password=hunter2"))
                .doesNotContain("hunter2");
        assertThat(new WrongSetting("journal: jdbc:postgresql://db/w?password=hunter2 (expected: another)"))
                .hasMessage("journal: jdbc:postgresql://db/w?password=(hidden) (expected: another)");
    }

    private static Settings load(Map<String, String> sets, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(sets);
        all.putAll(more);
        return Capabilities.settings(new Settings.Sources(null, all, Map.of()));
    }
}
