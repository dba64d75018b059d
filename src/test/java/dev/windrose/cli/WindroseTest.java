package dev.windrose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class WindroseTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void printsItsVersion() {
        assertThat(run("version")).isZero();
        assertThat(out.toString()).startsWith("windrose ").contains("Java ").hasLineCount(1);
    }

    @Test
    void checksSettings() {
        assertThat(run("config", "check", "--region", "eu-west-1", "--set", "windrose.node.port=1", "--changed"))
                .isZero();
        assertThat(out.toString())
                .contains("windrose.node.port = \"1\"   # set in --set")
                .contains("windrose.node.region = \"eu-west-1\"   # set in --region");
    }

    @Test
    void namesAWrongSettingInOneLineAndAnswersTwo() {
        assertThat(run("config", "check", "--region", "eu-west-1", "--set", "windrose.node.port=x"))
                .isEqualTo(2);
        assertThat(err.toString().strip()).isEqualTo("windrose.node.port: x (expected: 0 to 65535), set in --set");
    }

    @Test
    void startsNoNodeThatAsksNobodyForKeysBesidesOnLoopback() {
        assertThat(run("node", "--region", "eu-west-1", "--dev", "--set", "windrose.http.host=0.0.0.0"))
                .isEqualTo(2);
        assertThat(err.toString().strip())
                .hasLineCount(1)
                .contains("windrose.http.host")
                .contains("loopback");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void makesAKeyAndWhatIsKeptOfIt() {
        assertThat(run("key")).isZero();
        assertThat(out.toString())
                .containsPattern("key:  wr\\.break-glass\\.[0-9a-f]{64}\n")
                .containsPattern("windrose.access.break-glass-hash = \"[0-9a-f]{64}\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nodes", "node --regoin x", "node --set port", "config chekc"})
    void namesAWrongOptionInOneLineAndAnswersTwo(String line) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString().strip()).hasLineCount(1).endsWith("--help)");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void eachCommandExplainsItself() {
        List<String> commands = commands("", Windrose.commandLine());
        assertThat(commands).contains("audit verify", "journal verify", "cluster logs");
        for (String command : commands) {
            out.getBuffer().setLength(0);
            assertThat(run((command + " --help").split(" "))).as(command).isZero();
            assertThat(out.toString())
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
        assertThat(run(line.split(" "))).isZero();
        assertThat(out.toString()).contains("Usage: windrose").doesNotContain("\u001B");
    }

    @Test
    void findsTheCommandsOfTheRehearsal() {
        assertThat(ServiceLoader.load(Subcommand.class))
                .extracting(command -> new CommandLine(command).getCommandName())
                .containsExactlyElementsOf(Windrose.REHEARSAL);
        assertThat(run("--help")).isZero();
        assertThat(run("completion")).isZero();
        assertThat(Windrose.REHEARSAL)
                .allSatisfy(name -> assertThat(out.toString())
                        .containsPattern("(?m)^  " + name + " ")
                        .contains("function _picocli_windrose_" + name + "()"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"origin", "traffic --rate 5", "story --help", "bench --json --rounds x"})
    void saysWhereACommandOfTheRehearsalIsWhenItsJarIsNotThere(String line) {
        String name = line.split(" ")[0];

        assertThat(runOn(Windrose.commandLine(List.of()), line.split(" "))).isEqualTo(2);
        assertThat(err.toString().strip())
                .hasLineCount(1)
                .startsWith(name + ": not installed (expected: rehearsal/windrose-rehearsal.jar")
                .endsWith("--help)");
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "completion"})
    void listsNoCommandWhoseJarIsNotThere(String line) {
        assertThat(runOn(Windrose.commandLine(List.of()), line)).isZero();
        assertThat(Windrose.REHEARSAL)
                .allSatisfy(name -> assertThat(out.toString())
                        .contains("explain")
                        .doesNotContainPattern("(?m)^  " + name + " ")
                        .doesNotContain("_picocli_windrose_" + name + "()"));
    }

    private int run(String... arguments) {
        return runOn(Windrose.commandLine(), arguments);
    }

    private int runOn(CommandLine command, String... arguments) {
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        return command.execute(arguments);
    }
}
