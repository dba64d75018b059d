package dev.windrose.watch;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogLevelsTest {

    private static final String NAMES = "dev.windrose.watch.levels.";

    private static boolean exists(String name) {
        return ((LoggerContext) LoggerFactory.getILoggerFactory()).exists(NAMES + name) != null;
    }

    @Test
    void onlySoManyNamesByWhichNobodyLogsAreTaken() {
        LogLevels levels = new LogLevels(2);

        assertThat(levels.set(NAMES + "a", "debug")).isTrue();
        assertThat(levels.set(NAMES + "b", "debug")).isTrue();
        assertThat(levels.set(NAMES + "c", "debug")).isFalse();
        assertThat(levels.set(NAMES + "d", "debug")).isFalse();
        assertThat(exists("c")).isFalse();
        assertThat(LogLevels.all()).containsEntry(NAMES + "b", "debug").doesNotContainKey(NAMES + "c");
    }

    @Test
    void namesByWhichSomebodyLogsAreAlwaysTaken() {
        LogLevels levels = new LogLevels(0);
        LoggerFactory.getLogger(NAMES + "there");

        assertThat(levels.set(NAMES + "there", "error")).isTrue();
        assertThat(LogLevels.all()).containsEntry(NAMES + "there", "error");
        assertThat(levels.set(NAMES + "there", "inherited")).isTrue();
        assertThat(LogLevels.all()).doesNotContainKey(NAMES + "there");
    }

    @Test
    void takingBackWhatWasNeverSetMakesNoLogger() {
        assertThat(new LogLevels(2).set(NAMES + "never", "inherited")).isTrue();
        assertThat(exists("never")).isFalse();
    }
}
