package dev.windrose.watch;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import ch.qos.logback.core.spi.FilterReply;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogLimitTest {

    private final AtomicLong nanos = new AtomicLong(1);
    private final LogLimit limit = new LogLimit(nanos::get);
    private final LoggerContext context = new LoggerContext();

    private boolean logged(String logger, Level level, String text, Throwable failure) {
        Logger named = context.getLogger(logger);
        return limit.decide(null, named, level, text, null, failure) != FilterReply.DENY;
    }

    private int logged(int times, String text) {
        int lines = 0;
        for (int i = 0; i < times; i++) {
            lines += logged("akka.stream.Materializer", Level.WARN, text + i, null) ? 1 : 0;
        }
        return lines;
    }

    @Test
    void oneLineOfAKindIsLoggedInAMinuteHoweverManyThereAre() {
        assertThat(logged(10_000, "frame of length ")).isEqualTo(1);
        nanos.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(logged(10_000, "frame of length ")).isZero();
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(logged(10_000, "frame of length ")).isEqualTo(1);
    }

    @Test
    void otherKindsOtherLevelsAndOthersLoggersAreNotHeldBack() {
        assertThat(logged("akka.remote", Level.WARN, "one", null)).isTrue();
        assertThat(logged("akka.remote", Level.WARN, "two", null)).isTrue();
        assertThat(logged("akka.remote", Level.ERROR, "one", null)).isTrue();
        assertThat(logged("akka.remote", Level.ERROR, "one", new IOException())).isTrue();
        assertThat(logged("akka.cluster", Level.WARN, "one", null)).isTrue();
        for (int i = 0; i < 10; i++) {
            assertThat(logged("akka.remote", Level.INFO, "one", null)).isTrue();
            assertThat(logged("dev.windrose.live.definition.RuleActor", Level.ERROR, "one", null))
                    .isTrue();
        }
        assertThat(logged("akka.remote", Level.WARN, "one", null)).isFalse();
    }

    @Test
    void aWarningIsOneLineWithoutTheStackOfItsFailure() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger logger = context.getLogger("akka.remote");
        logger.addAppender(lines);
        context.addTurboFilter(limit);

        for (int i = 0; i < 10; i++) {
            logger.warn("dropped message", new IOException("too short"));
        }

        assertThat(lines.list).singleElement().satisfies(line -> {
            assertThat(line.getFormattedMessage()).isEqualTo("dropped message, cause [java.io.IOException: too short]");
            assertThat(line.getThrowableProxy()).isNull();
        });
    }

    @Test
    void kindsWithoutEndAreHeldBackAsWell() {
        int lines = 0;
        for (int i = 0; i < 5000; i++) {
            String kind = Integer.toString(i, 36).replaceAll("[0-9]", "z") + "-".repeat(i % 36);
            lines += logged("akka.stream", Level.ERROR, kind, null) ? 1 : 0;
        }
        assertThat(lines).isLessThanOrEqualTo(1000);
    }

    @Test
    void whatOthersAreMadeToLogLeavesRoomForTheCluster() {
        for (int i = 0; i < 5000; i++) {
            String kind = Integer.toString(i, 36).replaceAll("[0-9]", "z") + "-".repeat(i % 36);
            logged("akka.stream", Level.ERROR, kind, null);
        }
        assertThat(logged("akka.stream", Level.ERROR, "one more kind", null)).isFalse();
        assertThat(logged("akka.cluster.Cluster", Level.WARN, "unreachable", null))
                .isTrue();
        assertThat(logged("akka.remote.Association", Level.WARN, "quarantined", null))
                .isTrue();
    }

    @Test
    void whatIsFilledInMakesNoKind() {
        int lines = 0;
        for (int i = 0; i < 200; i++) {
            lines += logged(
                            "akka.cluster.Cluster",
                            Level.WARN,
                            "Marking node(s) as UNREACHABLE [node-" + "x".repeat(i) + "].",
                            null)
                    ? 1
                    : 0;
            lines += logged(
                            "akka.cluster.Cluster",
                            Level.WARN,
                            "growing too large for address akka://w@127.0.0.1:" + i + ": " + i + " ms",
                            null)
                    ? 1
                    : 0;
        }
        assertThat(lines).isEqualTo(2);
    }

    @Test
    void theLogOfTheNodeHasIt() {
        LoggerContext used = (LoggerContext) org.slf4j.LoggerFactory.getILoggerFactory();
        assertThat(used.getTurboFilterList()).anyMatch(LogLimit.class::isInstance);
    }
}
