package dev.windrose.live.definition;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class JournalWarmUpTest {

    private static final ActorTestKit KIT = ActorTestKit.create(ManualTime.config());

    private final ManualTime time = ManualTime.get(KIT.system());

    private enum AllAwake {
        INSTANCE
    }

    private final TestProbe<AllAwake> board = KIT.createTestProbe(AllAwake.class);
    private volatile boolean journalAnswers = true;
    private final Set<String> broken = ConcurrentHashMap.newKeySet();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicReference<Set<String>> aside = new AtomicReference<>(Set.of());

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @Test
    void saysThatAllWereRead() {
        start("rule:a", "rule:b");
        board.expectMessage(AllAwake.INSTANCE);
        assertThat(aside.get()).isEmpty();
    }

    @Test
    void oneThatCannotBeReadIsSetAsideAndHoldsUpNobody() {
        broken.add("rule:poisoned");
        start("rule:a", "rule:poisoned", "rule:b");
        board.expectNoMessage(Duration.ofMillis(100));

        passTimeUntilTried(JournalWarmUp.TRIES);
        board.expectMessage(AllAwake.INSTANCE);
        assertThat(aside.get()).containsExactly("rule:poisoned");

        broken.clear();
        time.timePasses(Duration.ofSeconds(30));
        board.awaitAssert(() -> {
            assertThat(aside.get()).isEmpty();
            return null;
        });
        board.expectNoMessage(Duration.ofMillis(100));
    }

    @Test
    void whenNothingCanBeReadTheDatabaseIsWaitedFor() {
        broken.addAll(List.of("rule:a", "rule:b"));
        journalAnswers = false;
        start("rule:a", "rule:b");
        passTimeUntilTried(3 * JournalWarmUp.TRIES);
        board.expectNoMessage(Duration.ofMillis(100));
        assertThat(aside.get()).isEmpty();

        broken.clear();
        time.timePasses(Duration.ofSeconds(1));
        board.expectMessage(AllAwake.INSTANCE);
    }

    @Test
    void nothingIsReadAndNothingCountsBeforeThisNodeIsUp() {
        broken.add("rule:a");
        AtomicReference<ActorRef<JournalWarmUp.Command>> waker = new AtomicReference<>();
        start(waker::set, List.of("rule:a", "rule:b"));
        board.awaitAssert(() -> {
            assertThat(waker.get()).isNotNull();
            return null;
        });
        time.timePasses(Duration.ofSeconds(60));
        board.expectNoMessage(Duration.ofMillis(100));
        assertThat(failed.get()).isZero();

        broken.clear();
        waker.get().tell(JournalWarmUp.Begin.INSTANCE);
        board.expectMessage(AllAwake.INSTANCE);
        assertThat(aside.get()).isEmpty();
    }

    @Test
    void whatIsLateBecauseTheJournalIsLateIsNotSetAside() {
        broken.add("rule:late");
        journalAnswers = false;
        start("rule:a", "rule:late", "rule:b");
        passTimeUntilTried(4 * JournalWarmUp.TRIES);
        board.expectNoMessage(Duration.ofMillis(100));
        assertThat(aside.get()).isEmpty();

        broken.clear();
        time.timePasses(Duration.ofSeconds(1));
        board.expectMessage(AllAwake.INSTANCE);
    }

    private void start(String... entities) {
        start(waker -> waker.tell(JournalWarmUp.Begin.INSTANCE), List.of(entities));
    }

    private void start(Consumer<ActorRef<JournalWarmUp.Command>> whenUp, List<String> entities) {
        KIT.spawn(JournalWarmUp.create(
                entities,
                whenUp,
                this::wake,
                () -> CompletableFuture.completedFuture(journalAnswers),
                new JournalWarmUp.Progress() {
                    @Override
                    public void aside(Set<String> definitions) {
                        aside.set(definitions);
                    }

                    @Override
                    public void allAwake() {
                        board.ref().tell(AllAwake.INSTANCE);
                    }
                }));
    }

    /** Time passes, by no more than is needed, until every broken one was tried as often as that. */
    private void passTimeUntilTried(int times) {
        int wanted = times * broken.size();
        board.awaitAssert(Duration.ofSeconds(20), () -> {
            if (failed.get() < wanted) {
                time.timePasses(Duration.ofSeconds(1));
            }
            assertThat(failed.get()).isGreaterThanOrEqualTo(wanted);
            return null;
        });
    }

    private CompletionStage<RuleActor.Awake> wake(String entity) {
        failed.addAndGet(broken.contains(entity) ? 1 : 0);
        return broken.contains(entity)
                ? CompletableFuture.failedFuture(new TimeoutException(entity))
                : CompletableFuture.completedFuture(RuleActor.Awake.INSTANCE);
    }
}
