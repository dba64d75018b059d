package dev.windrose.live.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.javadsl.Behaviors;
import dev.windrose.watch.Alarms;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What is told of parts, over time that the test has pass. */
class SupervisionTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    private final AtomicLong nanos = new AtomicLong();
    private final Alarms alarms = new Alarms(new SimpleMeterRegistry(), System::currentTimeMillis);
    private final Supervision parts = Watching.parts(alarms, nanos::get);
    private final TestProbe<Object> probe = KIT.createTestProbe();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @Test
    void partsOfAProcessThatStoodStillAreNotAway() {
        KIT.spawn(parts.lasting("lives", Behaviors.<Object>setup(context -> {
            probe.ref().tell("started");
            return Behaviors.ignore();
        })));
        probe.expectMessage("started");
        pass(Duration.ofSeconds(6));
        parts.look();
        assertThat(alarms.raised()).isEmpty();
        probe.awaitAssert(() -> {
            assertThat(parts.missing()).isEmpty();
            return null;
        });
        pass(Supervision.LOOK_EVERY);
        parts.look();
        assertThat(alarms.raised()).isEmpty();
    }

    @Test
    void aPartThatDoesNotAnswerIsAnAlarm() {
        parts.lasting("never-started", Behaviors.<Object>ignore());
        for (int i = 0; i < 6; i++) {
            assertThat(alarms.raised()).isEmpty();
            pass(Supervision.LOOK_EVERY);
            parts.look();
        }
        assertThat(alarms.raised()).hasSize(1);
    }

    @Test
    void looksThatAreAlwaysLateTellWhatDoesNotAnswer() {
        parts.lasting("never-started", Behaviors.<Object>ignore());
        for (int i = 0; i < 2; i++) {
            assertThat(alarms.raised()).isEmpty();
            pass(Duration.ofSeconds(6));
            parts.look();
        }
        assertThat(alarms.raised()).hasSize(1);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
