package dev.windrose.boot;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ControlSupervisorTest {

    private static final ActorTestKit KIT = ActorTestKit.create(ManualTime.config());
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), 0, Duration.ofMinutes(1));

    /** A start of the control plane, answered by the test. */
    private static final class Start implements ControlSupervisor.Running {
        final CompletableFuture<ControlSupervisor.Running> launched = new CompletableFuture<>();
        final CompletableFuture<Done> ended = new CompletableFuture<>();
        final AtomicBoolean stopped = new AtomicBoolean();

        @Override
        public CompletionStage<Done> ended() {
            return ended;
        }

        @Override
        public void stop() {
            stopped.set(true);
        }
    }

    private final ManualTime time = ManualTime.get(KIT.system());
    private final TestProbe<Start> starts = KIT.createTestProbe(Start.class);
    private final ActorRef<ControlSupervisor.Command> supervisor = KIT.spawn(ControlSupervisor.create(
            () -> {
                Start start = new Start();
                starts.ref().tell(start);
                return start.launched;
            },
            BACKOFF,
            () -> 0.0));

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @Test
    void startsAgainAfterEachEndAndWaitsTwiceAsLong() {
        fails(started());
        time.expectNoMessageFor(Duration.ofMillis(999), starts);
        time.timePasses(Duration.ofMillis(1));
        Start second = started();
        second.launched.complete(second);
        second.ended.complete(Done.getInstance());
        settles();
        time.expectNoMessageFor(Duration.ofMillis(1999), starts);
        time.timePasses(Duration.ofMillis(1));
        started();
    }

    @Test
    void startsBeforeItsTimeWhenItIsTold() {
        fails(started());
        supervisor.tell(ControlSupervisor.Start.INSTANCE);
        Start second = started();
        second.launched.complete(second);
        settles();
        supervisor.tell(ControlSupervisor.Start.INSTANCE);
        time.expectNoMessageFor(Duration.ofSeconds(5), starts);
    }

    @Test
    void aLongRunForgivesTheFailuresBefore() {
        fails(started());
        time.timePasses(Duration.ofSeconds(1));
        Start second = started();
        second.launched.complete(second);
        settles();
        time.timePasses(Duration.ofMinutes(1));
        settles();
        second.ended.complete(Done.getInstance());
        settles();
        time.timePasses(Duration.ofSeconds(1));
        started();
    }

    @Test
    void survivesALauncherThatThrows() {
        TestProbe<Boolean> tries = KIT.createTestProbe(Boolean.class);
        KIT.spawn(ControlSupervisor.create(
                () -> {
                    tries.ref().tell(true);
                    throw new IllegalStateException("no thread left");
                },
                BACKOFF,
                () -> 0.0));
        tries.receiveMessage();
        tries.expectNoMessage(Duration.ofMillis(50));
        time.timePasses(Duration.ofSeconds(1));
        tries.receiveMessage();
    }

    @Test
    void stopsARunningControlSupervisorAndNeverStartsAnother() {
        Start start = started();
        start.launched.complete(start);
        CompletableFuture<Done> done = new CompletableFuture<>();
        supervisor.tell(new ControlSupervisor.Stop(done));
        starts.awaitAssert(() -> {
            assertThat(start.stopped).isTrue();
            return null;
        });
        assertThat(done).isNotDone();
        start.ended.complete(Done.getInstance());
        starts.awaitAssert(() -> {
            assertThat(done).isDone();
            return null;
        });
        time.expectNoMessageFor(Duration.ofMinutes(10), starts);
    }

    @Test
    void stopsWhileItIsStarting() {
        Start start = started();
        CompletableFuture<Done> done = new CompletableFuture<>();
        supervisor.tell(new ControlSupervisor.Stop(done));
        start.launched.complete(start);
        starts.awaitAssert(() -> {
            assertThat(start.stopped).isTrue();
            return null;
        });
    }

    @Test
    void stopsAtOnceWhileItWaits() {
        fails(started());
        CompletableFuture<Done> done = new CompletableFuture<>();
        supervisor.tell(new ControlSupervisor.Stop(done));
        starts.awaitAssert(() -> {
            assertThat(done).isDone();
            return null;
        });
    }

    private Start started() {
        return starts.receiveMessage();
    }

    private void fails(Start start) {
        start.launched.completeExceptionally(new IllegalStateException("no database"));
        settles();
    }

    /** Waits until the supervisor has seen what was sent to it before. */
    private void settles() {
        starts.expectNoMessage(Duration.ofMillis(50));
    }
}
