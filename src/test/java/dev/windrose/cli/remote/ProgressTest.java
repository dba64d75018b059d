package dev.windrose.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final StringWriter err = new StringWriter();

    @Test
    void isOneLineThatIsWrittenOverAndEnds() {
        try (Progress progress = new Progress(new PrintWriter(err), "replay", true)) {
            progress.at(5, 10);
            progress.at(10, 10);
        }
        assertThat(err.toString())
                .contains("\rreplay [###############...............] 5/10 ")
                .contains("\rreplay [##############################] 10/10 ")
                .endsWith(System.lineSeparator());
        assertThat(Progress.line("read", 7, 0, 3)).isEqualTo("read 7 3/s");
    }

    @Test
    void isNothingWhereNobodyLooks() {
        try (Progress progress = new Progress(new PrintWriter(err), "replay", false)) {
            progress.at(10, 10);
        }
        assertThat(err.toString()).isEmpty();
    }
}
