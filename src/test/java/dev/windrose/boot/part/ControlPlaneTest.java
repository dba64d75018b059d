package dev.windrose.boot.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.windrose.live.supervision.Readiness;
import dev.windrose.live.supervision.Watching;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What parts keep in a control plane, from its start to its end. */
class ControlPlaneTest {

    @TempDir
    private Path directory;

    private final AtomicInteger up = new AtomicInteger();
    private final Slot<String> first = new Slot<>("first");
    private final Slot<String> second = new Slot<>("second");
    private final List<String> done = new ArrayList<>();
    private final ControlPlane control = new ControlPlane(ConfigFactory.empty(), Watching.parts());
    private DataDir dataDir;
    private RunningControlPlane running;

    @BeforeEach
    void open() {
        dataDir = DataDir.open(directory);
        running = new RunningControlPlane(dataDir, Watching.parts(), up);
    }

    @AfterEach
    void close() {
        dataDir.close();
    }

    @Test
    void slotsAreFilledTogetherWhenAllPartsHaveStarted() {
        control.keep(first, "a");
        control.whenStarted(() -> control.keep(second, control.of(first) + "b"));
        assertThat(first.get()).isNull();
        control.started();
        assertThat(second.get()).isNull();

        running.began(control);

        assertThat(first.get()).isEqualTo("a");
        assertThat(second.get()).isEqualTo("ab");
    }

    @Test
    void slotsAreEmptyBeforeAnythingIsEndedAndTheLatestIsEndedFirst() {
        control.keep(first, "a");
        control.atEnd(() -> done.add("one sees " + first.get()));
        control.atEnd(() -> {
            done.add("two sees " + first.get());
            throw new IllegalStateException("does not end well");
        });
        running.began(control);

        running.ended(control);
        running.ended(control);

        assertThat(done).containsExactly("two sees null", "one sees null");
    }

    @Test
    void whatComesAfterTheEndIsKeptByNobodyAndEndedAtOnce() {
        running.began(control);
        running.ended(control);

        control.keep(first, "late");
        control.atEnd(() -> done.add("ended"));

        assertThat(first.get()).isNull();
        assertThat(done).containsExactly("ended");
    }

    @Test
    void oneThatEndedWhileItStartedIsNeverSeen() {
        control.keep(first, "a");
        running.ended(control);

        assertThatThrownBy(() -> running.began(control)).isInstanceOf(IllegalStateException.class);
        assertThat(first.get()).isNull();
        assertThat(running.readiness().checks())
                .extracting(Readiness.Check::name)
                .containsExactly("member");
    }

    @Test
    void aPartThatAsksTooEarlyIsToldWhatIsMissing() {
        assertThatThrownBy(() -> control.of(first)).hasMessageStartingWith("first: not there");
        assertThatThrownBy(control::system).hasMessageStartingWith("control plane: no actor system yet");
        assertThatThrownBy(() -> new SetOnce<String>("table").get()).hasMessageStartingWith("table: not started");
    }

    @Test
    void readinessAsksForEachThingInTheOrderInWhichTheyComeTrue() {
        running.check(RunningControlPlane.Check.JOURNAL, () -> "not probed yet");
        running.check(RunningControlPlane.Check.MEMBER, () -> running.isUp() ? null : "not Up");
        running.began(control);
        assertThat(running.readiness().missing()).isEqualTo("member: not Up; journal: not probed yet");
        running.up();

        Readiness readiness = running.readiness();

        assertThat(readiness.checks()).extracting(Readiness.Check::name).containsExactly("member", "journal", "parts");
        assertThat(readiness.missing()).isEqualTo("journal: not probed yet");
        running.ended(control);
        assertThat(running.isUp()).isFalse();
        assertThat(running.wasUp()).isTrue();
    }
}
