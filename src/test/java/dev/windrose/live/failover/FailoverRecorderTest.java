package dev.windrose.live.failover;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.PolicyText;
import dev.windrose.decide.failover.RecordingOrder;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.route.Tables;
import dev.windrose.live.definition.DefinitionGateway;
import dev.windrose.live.edit.Editors;
import dev.windrose.live.table.TableInMemory;
import dev.windrose.model.FailoverMark;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FailoverRecorderTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Set<RegionId> REGIONS = Set.of(Tables.US, Tables.EU, Tables.ASIA);
    private static final FailoverMark OUT = new FailoverMark(true, 5, "us-east-1", "us-east-1 unhealthy");

    /** An edit on its way, ended by the test. */
    private record Submitted(DefinitionGateway.Edit edit, CompletableFuture<DefinitionGateway.Outcome> outcome) {}

    private final TestProbe<Submitted> journal = KIT.createTestProbe(Submitted.class);
    private final AtomicLong nanos = new AtomicLong();
    private ActorRef<FailoverRecorder.Command> recorder;

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @BeforeEach
    void start() {
        DefinitionGateway gateway = (key, edit) -> {
            Submitted submitted = new Submitted(edit, new CompletableFuture<>());
            journal.ref().tell(submitted);
            return submitted.outcome();
        };
        recorder = KIT.spawn(FailoverRecorder.create(
                Editors.of(gateway, new TableInMemory(Tables.US, Checks.DEFAULTS).director()),
                Tables.US,
                REGIONS,
                nanos::get));
    }

    /** A rule whose failovers this region is the n-th to record. */
    private static RuleId rule(int rank) {
        for (int i = 0; ; i++) {
            if (RecordingOrder.rank(Tables.US, REGIONS, "rule:web-" + i + " eu-west-1") == rank) {
                return new RuleId("web-" + i);
            }
        }
    }

    private static HealthPicture.Turn turn(RuleId rule) {
        return new HealthPicture.Turn(rule, Tables.EU, OUT, false);
    }

    private void pending(HealthPicture.Turn... turns) {
        recorder.tell(new FailoverRecorder.Pending(List.of(turns)));
    }

    @Test
    void theFirstInTurnRecordsAtOnceWithTheEvidence() {
        pending(turn(rule(0)));
        DefinitionGateway.Edit edit = journal.receiveMessage().edit();
        assertThat(edit.kind()).isEqualTo(Change.Kind.FAILED_OVER);
        assertThat(edit.author()).isEqualTo("windrose@us-east-1");
        assertThat(edit.reason()).isEqualTo("us-east-1 unhealthy");
        assertThat(PolicyText.mark(edit.fields().get("failover.eu-west-1"))).isEqualTo(OUT);
    }

    @Test
    void theNextInTurnRecordsOnlyWhenTheFirstDidNot() {
        RuleId later = rule(1);
        pending(turn(later));
        journal.expectNoMessage(Duration.ofMillis(50));
        nanos.addAndGet(FailoverRecorder.TURN.toNanos());
        pending(turn(later));
        assertThat(journal.receiveMessage().edit().kind()).isEqualTo(Change.Kind.FAILED_OVER);

        RuleId recorded = rule(2);
        pending(turn(recorded));
        nanos.addAndGet(FailoverRecorder.TURN.toNanos());
        pending();
        nanos.addAndGet(FailoverRecorder.TURN.toNanos());
        pending(turn(recorded));
        journal.expectNoMessage(Duration.ofMillis(50));
    }

    @Test
    void whatThisRegionSeesAloneIsRecordedForItsOwnClientsWhenTheOthersHaveHadTheirTurns() {
        HealthPicture.Turn alone = new HealthPicture.Turn(rule(0), Tables.EU, OUT, true);
        pending(alone);
        journal.expectNoMessage(Duration.ofMillis(50));
        nanos.addAndGet(FailoverRecorder.TURN.multipliedBy(REGIONS.size()).toNanos());
        pending(alone);
        DefinitionGateway.Edit edit = journal.receiveMessage().edit();
        assertThat(edit.kind()).isEqualTo(Change.Kind.FAILED_OVER);
        assertThat(edit.fields()).containsOnlyKeys("failover_in.eu-west-1@us-east-1");
    }

    @Test
    void oneTargetIsRecordedOnceAtATimeAndTriedAgainWhenItFailed() {
        RuleId rule = rule(0);
        pending(turn(rule));
        Submitted first = journal.receiveMessage();
        pending(turn(rule));
        journal.expectNoMessage(Duration.ofMillis(50));
        first.outcome().completeExceptionally(new DefinitionGateway.Unavailable("no journal", Duration.ofSeconds(1)));
        journal.awaitAssert(() -> {
            pending(turn(rule));
            return journal.receiveMessage(Duration.ofMillis(100));
        });
    }

    @Test
    void aRegionThatDiesDoesNotFloodTheJournal() {
        List<HealthPicture.Turn> all = new ArrayList<>();
        for (int i = 0; all.size() < 100; i++) {
            RuleId rule = new RuleId("web-" + i);
            if (RecordingOrder.rank(Tables.US, REGIONS, "rule:" + rule + " eu-west-1") == 0) {
                all.add(turn(rule));
            }
        }
        pending(all.toArray(new HealthPicture.Turn[0]));
        List<Submitted> open = new ArrayList<>(journal.receiveSeveralMessages(FailoverRecorder.IN_FLIGHT));
        journal.expectNoMessage(Duration.ofMillis(50));
        open.forEach(submitted -> submitted
                .outcome()
                .complete(new DefinitionGateway.Outcome(DefinitionGateway.Result.DONE, DefinitionState.EMPTY, "")));
        journal.awaitAssert(() -> {
            pending(all.toArray(new HealthPicture.Turn[0]));
            return journal.receiveMessage(Duration.ofMillis(100));
        });
    }
}
