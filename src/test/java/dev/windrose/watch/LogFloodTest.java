package dev.windrose.watch;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogFloodTest {

    private static final String UNREACHABLE =
            "Cluster Node [akka://w@127.0.0.1:1] - Marking node(s) as UNREACHABLE [%s].";

    private final AtomicLong now = new AtomicLong();
    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger akka = context.getLogger("akka.cluster.Cluster");

    @BeforeEach
    void filter() {
        context.addTurboFilter(new LogFlood(now::get));
        lines.setContext(context);
        lines.start();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(lines);
    }

    private List<String> logged() {
        return lines.list.stream().map(ILoggingEvent::getMessage).toList();
    }

    @Test
    void oneOfAKindIsLoggedInAMinute() {
        for (int i = 0; i < 200; i++) {
            akka.warn(String.format(UNREACHABLE, "node-" + i));
            akka.warn("heartbeat interval is growing too large for address akka://w@127.0.0.1:" + i + ": " + i
                    + " millis");
        }
        assertThat(logged()).hasSize(2);

        now.addAndGet(Duration.ofSeconds(61).toNanos());
        akka.warn(String.format(UNREACHABLE, "late"));
        assertThat(logged()).hasSize(3).last().asString().contains("late");
    }

    @Test
    void whatIsHeldBackIsCounted() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        LogFlood.show(registry);
        double before = registry.get(LogFlood.SUPPRESSED).functionCounter().count();
        for (int i = 0; i < 10; i++) {
            akka.warn("again " + i);
        }
        assertThat(registry.get(LogFlood.SUPPRESSED).functionCounter().count() - before)
                .isEqualTo(9);
    }

    @Test
    void otherLevelsAndOthersThanAkkaAreLeftAlone() {
        Logger own = context.getLogger("dev.windrose.live.member.Joining");
        for (int i = 0; i < 5; i++) {
            akka.error("gone");
            own.warn("gone");
        }
        assertThat(logged()).hasSize(10);
        assertThat(akka.isWarnEnabled()).isTrue();
    }

    @Test
    void whatIsSwitchedOffIsNotCounted() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        LogFlood.show(registry);
        double before = registry.get(LogFlood.SUPPRESSED).functionCounter().count();
        akka.setLevel(Level.ERROR);
        for (int i = 0; i < 5; i++) {
            akka.warn("off");
        }
        assertThat(logged()).isEmpty();
        assertThat(registry.get(LogFlood.SUPPRESSED).functionCounter().count()).isEqualTo(before);
    }

    @Test
    void anEndlessNumberOfKindsNeitherFillsTheMemoryNorTheLog() {
        for (int i = 0; i < 5000; i++) {
            akka.warn("kind " + Integer.toString(i, 26).replaceAll("\\d", "z").concat("abc".repeat(i % 40)));
        }
        assertThat(logged().size()).isBetween(100, 501);
    }

    @Test
    void theConfigurationOfTheNodeHasIt() {
        assertThat(Objects.requireNonNull(getClass().getResource("/logback.xml")))
                .isNotNull();
        assertThat(org.slf4j.LoggerFactory.getILoggerFactory()).isInstanceOf(LoggerContext.class);
        LoggerContext used = (LoggerContext) org.slf4j.LoggerFactory.getILoggerFactory();
        assertThat(used.getTurboFilterList()).anyMatch(LogFlood.class::isInstance);
    }
}
