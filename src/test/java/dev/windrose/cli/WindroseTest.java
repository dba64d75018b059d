package dev.windrose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.cli.remote.Exit;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class WindroseTest {

    @Test
    void printsItsVersion() {
        Ran ran = Ran.of("version");
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).startsWith("windrose ").contains("Java ").hasLineCount(1);
    }

    @Test
    void checksSettings() {
        Ran ran = Ran.of("config check --region eu-west-1 --set windrose.node.port=1 --changed");
        assertThat(ran.code()).isZero();
        assertThat(ran.out())
                .contains("windrose.node.port = \"1\"   # set in --set")
                .contains("windrose.node.region = \"eu-west-1\"   # set in --region");
    }

    @Test
    void namesAWrongSettingInOneLineAndAnswersTwo() {
        assertThat(Ran.of("config check --region eu-west-1 --set windrose.node.port=x"))
                .isEqualTo(new Ran(Exit.WRONG, "", "windrose.node.port: x (expected: 0 to 65535), set in --set\n"));
    }

    @Test
    void startsNoNodeThatAsksNobodyForKeysBesidesOnLoopback() {
        Ran ran = Ran.of("node --region eu-west-1 --dev --set windrose.http.host=0.0.0.0");
        assertThat(ran.code()).isEqualTo(Exit.WRONG);
        assertThat(ran.err().strip())
                .hasLineCount(1)
                .contains("windrose.http.host")
                .contains("loopback");
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void makesAKeyAndWhatIsKeptOfIt() {
        Ran ran = Ran.of("key");
        assertThat(ran.code()).isZero();
        assertThat(ran.out())
                .containsPattern("key:  wr\\.break-glass\\.[0-9a-f]{64}\n")
                .containsPattern("windrose.access.break-glass-hash = \"[0-9a-f]{64}\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nodes", "node --regoin x", "node --set port", "config chekc"})
    void namesAWrongOptionInOneLineAndAnswersTwo(String line) {
        Ran ran = Ran.of(line);
        assertThat(ran.code()).isEqualTo(Exit.WRONG);
        assertThat(ran.err().strip()).hasLineCount(1).endsWith("--help)");
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void eachCommandExplainsItself() {
        List<String> commands = commands("", Windrose.commandLine());
        assertThat(commands).contains("audit verify", "journal verify", "cluster logs");
        for (String command : commands) {
            Ran ran = Ran.of(command + " --help");
            assertThat(ran.code()).as(command).isZero();
            assertThat(ran.out())
                    .as(command)
                    .contains("Usage: windrose " + command)
                    .doesNotContain("\\");
        }
    }

    private static List<String> commands(String path, CommandLine line) {
        List<String> found = new ArrayList<>();
        line.getSubcommands().forEach((name, sub) -> {
            found.add(path + name);
            found.addAll(commands(path + name + " ", sub));
        });
        return found;
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "node --help", "config --help", "config check --help", "version --help"})
    void helpsWithoutColoursWhenNobodyLooks(String line) {
        Ran ran = Ran.of(line);
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).contains("Usage: windrose").doesNotContain("\u001B");
    }

    @Test
    void findsTheCommandsOfTheRehearsal() {
        assertThat(ServiceLoader.load(Subcommand.class))
                .extracting(command -> new CommandLine(command).getCommandName())
                .containsExactlyElementsOf(Windrose.REHEARSAL);
        String listed = Ran.of("--help").out() + Ran.of("completion").out();
        assertThat(Windrose.REHEARSAL)
                .allSatisfy(name -> assertThat(listed)
                        .containsPattern("(?m)^  " + name + " ")
                        .contains("function _picocli_windrose_" + name + "()"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"origin", "traffic --rate 5", "story --help", "bench --json --rounds x"})
    void saysWhereACommandOfTheRehearsalIsWhenItsJarIsNotThere(String line) {
        String name = line.split(" ")[0];

        Ran ran = Ran.of(Windrose.commandLine(List.of()), line);
        assertThat(ran.code()).isEqualTo(Exit.WRONG);
        assertThat(ran.err().strip())
                .hasLineCount(1)
                .startsWith(name + ": not installed (expected: rehearsal/windrose-rehearsal.jar")
                .endsWith("--help)");
        assertThat(ran.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "completion"})
    void listsNoCommandWhoseJarIsNotThere(String line) {
        Ran ran = Ran.of(Windrose.commandLine(List.of()), line);
        assertThat(ran.code()).isZero();
        assertThat(Windrose.REHEARSAL)
                .allSatisfy(name -> assertThat(ran.out())
                        .contains("explain")
                        .doesNotContainPattern("(?m)^  " + name + " ")
                        .doesNotContain("_picocli_windrose_" + name + "()"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "rule list --help"})
    void theHelpTellsTheExitCodes(String line) {
        assertThat(Ran.of(line).out()).contains("""

                Exit codes: 0 done, 1 refused or failed, 2 invalid option, file or setting,
                            3 not found, 4 no answer or not possible now (try again),
                            5 changed by someone else.
                """);
    }

    @Test
    void theReferenceHasEveryExitCode() throws IOException, IllegalAccessException {
        List<String> codes = new ArrayList<>();
        for (Field field : Exit.class.getFields()) {
            if (field.getType() == int.class) {
                codes.add(String.valueOf(field.getInt(null)));
            }
        }
        assertThat(Pattern.compile("^\\| (\\d) \\|", Pattern.MULTILINE)
                        .matcher(Files.readString(Path.of("docs/reference/command.md")))
                        .results()
                        .map(row -> row.group(1)))
                .containsExactlyElementsOf(codes);
    }
}
