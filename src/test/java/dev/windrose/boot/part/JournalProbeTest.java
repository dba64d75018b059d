package dev.windrose.boot.part;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.watch.Alarms;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class JournalProbeTest {

    private final AtomicLong nanos = new AtomicLong();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final AtomicReference<String> fails = new AtomicReference<>();
    private final Alarms alarms = new Alarms(new SimpleMeterRegistry(), nanos::get);
    private final JournalProbe probe = new JournalProbe(
            () -> {
                if (fails.get() != null) {
                    throw new SQLException(fails.get());
                }
            },
            waiting::add,
            nanos::get,
            alarms);

    @Test
    void saysNoUntilAWriteWasTried() {
        assertThat(probe.problem()).isEqualTo("not probed yet");
        probe.look();
        waiting.remove().run();
        assertThat(probe.problem()).isNull();
        assertThat(alarms.raised()).isEmpty();
    }

    @Test
    void aWriteThatIsRefusedIsAnAlarmUntilOneIsTaken() {
        fails.set("cannot execute DELETE in a read-only transaction");
        probe.look();
        waiting.remove().run();
        assertThat(probe.problem()).contains("read-only transaction");
        assertThat(alarms.raised()).extracting(Alarms.Alarm::kind).containsExactly(Alarms.Kind.JOURNAL);

        fails.set(null);
        probe.look();
        waiting.remove().run();
        assertThat(probe.problem()).isNull();
        assertThat(alarms.raised()).isEmpty();
    }

    @Test
    void aWriteThatDoesNotReturnSaysNoAndIsNotPiledUp() {
        probe.look();
        waiting.remove().run();
        probe.look();
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        probe.look();
        assertThat(waiting).hasSize(1);
        assertThat(probe.problem()).isEqualTo("the journal has not answered a write for 5 s");
        assertThat(alarms.raised()).extracting(Alarms.Alarm::kind).containsExactly(Alarms.Kind.JOURNAL);
        waiting.remove().run();
        assertThat(probe.problem()).isNull();
        assertThat(alarms.raised()).isEmpty();
    }
}
