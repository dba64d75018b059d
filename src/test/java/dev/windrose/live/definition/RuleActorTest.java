package dev.windrose.live.definition;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.FishingOutcomes;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.ReplicaId;
import akka.persistence.typed.ReplicationId;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.IdempotencyKey;
import dev.windrose.decide.definition.PolicyText;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.health.Checks;
import dev.windrose.live.journal.Database;
import dev.windrose.live.journal.JournalSetup;
import dev.windrose.live.journal.Journals;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.FailoverMark;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Definitions over the real journal: akka-persistence-jdbc on the embedded database. */
class RuleActorTest {

    private static final Database DATABASE =
            Database.open(Journals.fresh(), new DefinitionMeters(new SimpleMeterRegistry()));
    private static final ActorTestKit KIT = ActorTestKit.create(system());
    private static final ReplicaId HERE = new ReplicaId("eu-west-1");
    private static final Set<ReplicaId> REGIONS = Set.of(HERE, new ReplicaId("us-east-1"));
    private static final int SNAPSHOT_EVERY = 3;

    private record Heard(DefinitionKey key, DefinitionState state) {}

    private final TestProbe<RuleActor.Answer> answers = KIT.createTestProbe(RuleActor.Answer.class);
    private final TestProbe<Heard> heard = KIT.createTestProbe(Heard.class);
    private long now = 1_000;
    private volatile @Nullable String off = null;
    private volatile long offAtMostMs = 0;

    private static ActorSystem<Void> system() {
        DATABASE.migrate();
        // A circuit breaker as on a machine that nobody else uses would make this a test of the machine.
        Config config = ConfigFactory.parseString("""
                        akka.actor.provider = local
                        jdbc-journal.circuit-breaker.call-timeout = 60s
                        jdbc-snapshot-store.circuit-breaker.call-timeout = 60s
                        """)
                .withFallback(ConfigFactory.parseResources("application-test.conf"))
                .withFallback(ConfigFactory.parseResources("windrose/akka-control.conf"))
                .withFallback(ConfigFactory.parseResources("windrose/wire.conf"))
                .withFallback(ConfigFactory.load());
        return ActorSystem.create(
                Behaviors.empty(),
                "rules",
                ActorSystemSetup.create(BootstrapSetup.create(config), new JournalSetup(DATABASE)));
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
        DATABASE.close();
    }

    private ActorRef<RuleActor.Command> actor(String rule) {
        return KIT.spawn(RuleActor.create(
                new ReplicationId(RuleActor.TYPE, "rule:" + rule, HERE),
                REGIONS,
                Checks.DEFAULTS,
                SNAPSHOT_EVERY,
                new RuleActor.Clock() {
                    @Override
                    public long epochMs() {
                        return now++;
                    }

                    @Override
                    public @Nullable String off() {
                        return off;
                    }

                    @Override
                    public long offAtMostMs() {
                        return offAtMostMs;
                    }
                },
                (key, state) -> heard.ref().tell(new Heard(key, state))));
    }

    private RuleActor.Answer submit(
            ActorRef<RuleActor.Command> actor,
            Change.Kind kind,
            Map<String, String> fields,
            @Nullable String revision) {
        actor.tell(new RuleActor.Submit(kind, fields, revision, "tester", "because", answers.ref()));
        return answers.receiveMessage();
    }

    private RuleActor.Answer create(ActorRef<RuleActor.Command> actor) {
        return submit(
                actor,
                Change.Kind.CREATED,
                Map.of("name", "Web", "algorithm", "priority", "target_regions", "us-east-1 eu-west-1"),
                null);
    }

    @Test
    void anEditIsAnsweredAndToldOnlyWhenTheJournalHasIt() {
        ActorRef<RuleActor.Command> actor = actor("made");
        assertThat(heard.receiveMessage().state()).isEqualTo(DefinitionState.EMPTY);
        RuleActor.Answer made = create(actor);
        assertThat(made.result()).isEqualTo(DefinitionGateway.Result.DONE);
        Heard told = heard.receiveMessage();
        assertThat(told.key()).isEqualTo(DefinitionKey.parse("rule:made"));
        assertThat(told.state()).isEqualTo(made.state());
        assertThat(told.state().text("name")).isEqualTo("Web");

        KIT.stop(actor);
        actor("made");
        assertThat(heard.receiveMessage().state()).isEqualTo(made.state());
    }

    private static RuleActor.Submit submit(
            Map<String, String> fields,
            IdempotencyKey request,
            long withinMs,
            long untilMs,
            ActorRef<RuleActor.Answer> to) {
        return new RuleActor.Submit(Change.Kind.CHANGED, fields, null, "tester", "", to, request, withinMs, untilMs);
    }

    @Test
    void anEditWhoseTimeIsOverIsNotBegun() {
        ActorRef<RuleActor.Command> actor = actor("late");
        DefinitionState made = create(actor).state();
        actor.tell(submit(
                Map.of("name", "late"), new IdempotencyKey("late", "late", true), 5_000, now - 2_000, answers.ref()));
        assertThat(answers.receiveMessage().result()).isEqualTo(DefinitionGateway.Result.NOT_DONE);
        RuleActor.Answer next = submit(actor, Change.Kind.CHANGED, Map.of("name", "Web"), made.revision());
        assertThat(next.state()).as("nothing has changed").isEqualTo(made);
    }

    @Test
    void clocksThatMayBeOffMakeNoEditLate() {
        offAtMostMs = 60_000;
        ActorRef<RuleActor.Command> actor = actor("apart");
        create(actor);
        IdempotencyKey request = new IdempotencyKey("apart", "apart", true);
        actor.tell(submit(Map.of("name", "apart"), request, 5_000, now - 120_000, answers.ref()));
        assertThat(answers.receiveMessage().result()).isEqualTo(DefinitionGateway.Result.DONE);
        IdempotencyKey late = new IdempotencyKey("late", "late", true);
        actor.tell(submit(Map.of("name", "late"), late, 5_000, now - 122_000, answers.ref()));
        assertThat(answers.receiveMessage().result()).isEqualTo(DefinitionGateway.Result.NOT_DONE);
    }

    @Test
    void anAnswerThatMayComeTooLateIsGivenAgainWithoutAKeyAndOneInTimeIsNot() {
        for (long leftMs : new long[] {1_000, 4_000}) {
            ActorRef<RuleActor.Command> actor = actor("slow-" + leftMs);
            create(actor);
            IdempotencyKey request = new IdempotencyKey("slow", "slow", false);
            actor.tell(submit(Map.of("name", "slow"), request, 5_000, now + leftMs, answers.ref()));
            RuleActor.Answer made = answers.receiveMessage();
            assertThat(made.repeats()).isNull();
            actor.tell(submit(Map.of("name", "slow"), request, 5_000, now + 5_000, answers.ref()));
            RuleActor.Answer again = answers.receiveMessage();
            assertThat(again.repeats()).isEqualTo(leftMs < 2_500 ? Change.Kind.CHANGED : null);
            assertThat(again.state()).isEqualTo(made.state());
        }
    }

    @Test
    void anEditThatAnotherReplacedIsMadeAgainAfterTheDefinitionMoved() {
        ActorRef<RuleActor.Command> actor = actor("moved");
        create(actor);
        IdempotencyKey a = new IdempotencyKey("a", "a", false);
        actor.tell(submit(Map.of("name", "A"), a, 5_000, now + 5_000, answers.ref()));
        answers.receiveMessage();
        submit(actor, Change.Kind.CHANGED, Map.of("name", "B"), null);
        KIT.stop(actor);
        actor("moved").tell(submit(Map.of("name", "A"), a, 5_000, now + 5_000, answers.ref()));
        RuleActor.Answer again = answers.receiveMessage();
        assertThat(again.repeats()).isNull();
        assertThat(again.state().text("name")).isEqualTo("A");
    }

    @Test
    void twoOfOneRequestAtOnceAreOne() {
        ActorRef<RuleActor.Command> actor = actor("twice");
        create(actor);
        IdempotencyKey request = new IdempotencyKey("same", "content", true);
        for (int i = 0; i < 2; i++) {
            actor.tell(submit(Map.of("name", "once"), request, 0, 0, answers.ref()));
        }
        RuleActor.Answer first = answers.receiveMessage();
        RuleActor.Answer second = answers.receiveMessage();
        assertThat(first.repeats()).isNull();
        assertThat(second.repeats()).isEqualTo(Change.Kind.CHANGED);
        assertThat(second.state()).isEqualTo(first.state());

        KIT.stop(actor);
        ActorRef<RuleActor.Command> again = actor("twice");
        submit(again, Change.Kind.CHANGED, Map.of("name", "by another"), null);
        again.tell(submit(Map.of("name", "once"), request, 0, 0, answers.ref()));
        RuleActor.Answer repeated = answers.receiveMessage();
        assertThat(repeated.repeats()).isEqualTo(Change.Kind.CHANGED);
        assertThat(repeated.state().text("name")).isEqualTo("by another");

        again.tell(submit(Map.of("name", "x"), new IdempotencyKey("same", "another", true), 0, 0, answers.ref()));
        assertThat(answers.receiveMessage().result()).isEqualTo(DefinitionGateway.Result.REUSED);
    }

    @Test
    void aClockThatIsOffStampsFailoversAndNothingElse() {
        ActorRef<RuleActor.Command> actor = actor("clock");
        create(actor);
        off = "clock: 300000 ms ahead";
        IdempotencyKey request = new IdempotencyKey("stamped", "stamped", true);
        actor.tell(submit(Map.of("name", "x"), request, 0, 0, answers.ref()));
        actor.tell(submit(Map.of("name", "x"), request, 5_000, now + 5_000, answers.ref()));
        RuleActor.Answer refused = answers.receiveMessage();
        assertThat(refused.result())
                .as("the first asks with a version that cannot read it, and gets no answer")
                .isEqualTo(DefinitionGateway.Result.CLOCK);
        assertThat(refused.detail()).isEqualTo("clock: 300000 ms ahead");
        FailoverMark out = new FailoverMark(true, 5, "us-east-1", "2 of 3 see it down");
        assertThat(submit(actor, Change.Kind.FAILED_OVER, mark(out), null).result())
                .isEqualTo(DefinitionGateway.Result.DONE);
    }

    @Test
    void aFailoverThatSeveralRegionsDecideIsRecordedOnce() {
        ActorRef<RuleActor.Command> actor = actor("left");
        create(actor);
        FailoverMark first = new FailoverMark(true, 5, "us-east-1", "2 of 3 see it down");
        FailoverMark second = new FailoverMark(true, 6, "eu-west-1", "3 of 3 see it down");
        FailoverMark back = new FailoverMark(false, 7, "eu-west-1", "3 of 3 see it well");
        DefinitionState left =
                submit(actor, Change.Kind.FAILED_OVER, mark(first), null).state();
        assertThat(left.text("failover.eu-west-1")).isEqualTo(PolicyText.text(first));

        RuleActor.Answer again = submit(actor, Change.Kind.FAILED_OVER, mark(second), null);
        assertThat(again.result()).isEqualTo(DefinitionGateway.Result.DONE);
        assertThat(again.state()).isEqualTo(left);

        DefinitionState returned =
                submit(actor, Change.Kind.FAILED_BACK, mark(back), null).state();
        assertThat(returned.text("failover.eu-west-1")).isEqualTo(PolicyText.text(back));
        assertThat(submit(actor, Change.Kind.FAILED_OVER, Map.of("failover.eu-west-1", "out=perhaps"), null)
                        .result())
                .isEqualTo(DefinitionGateway.Result.REFUSED);
    }

    @Test
    void inAFreezeNobodyChangesARuleButItsSafetyAndTrafficStillLeavesWhatIsBroken() {
        ActorRef<RuleActor.Command> actor = actor("frozen");
        create(actor);
        Map<String, String> name = Map.of("name", "another");
        Map<String, String> always = Map.of("safety", "freezes=1970-01-01T00:00:00Z/2999-01-01T00:00:00Z");
        assertThat(submit(actor, Change.Kind.CHANGED, always, null).result()).isEqualTo(DefinitionGateway.Result.DONE);

        assertThat(submit(actor, Change.Kind.CHANGED, name, null).result()).isEqualTo(DefinitionGateway.Result.FROZEN);
        assertThat(submit(actor, Change.Kind.REMOVED, Map.of(), null).result())
                .isEqualTo(DefinitionGateway.Result.FROZEN);
        FailoverMark out = new FailoverMark(true, 5, "us-east-1", "2 of 3 see it down");
        assertThat(submit(actor, Change.Kind.FAILED_OVER, mark(out), null).result())
                .isEqualTo(DefinitionGateway.Result.DONE);

        assertThat(submit(actor, Change.Kind.CHANGED, Map.of("safety", ""), null)
                        .result())
                .isEqualTo(DefinitionGateway.Result.DONE);
        assertThat(submit(actor, Change.Kind.CHANGED, name, null).result()).isEqualTo(DefinitionGateway.Result.DONE);
    }

    @Test
    void whatAnotherRegionHasIsTakenWithItsStampsAndKept() {
        ActorRef<RuleActor.Command> actor = actor("mended");
        DefinitionState own = create(actor).state();
        DefinitionState theirs = own.after(new Change(
                Change.Kind.CHANGED, Map.of("name", "From there"), new Stamp(9_000, "eu-west-1"), "somebody", ""));
        TestProbe<RuleActor.Mended> mended = KIT.createTestProbe(RuleActor.Mended.class);

        actor.tell(new RuleActor.Mend(theirs, "windrose@us-east-1", "lacked", mended.ref()));
        assertThat(mended.receiveMessage().changes()).isEqualTo(1);
        actor.tell(new RuleActor.Mend(theirs, "windrose@us-east-1", "lacked", mended.ref()));
        assertThat(mended.receiveMessage().changes())
                .as("nothing is lacking any more")
                .isZero();

        KIT.stop(actor);
        actor("mended");
        heard.fishForMessage(
                Duration.ofSeconds(5),
                told -> told.state().equals(theirs) ? FishingOutcomes.complete() : FishingOutcomes.continueAndIgnore());
    }

    private static Map<String, String> mark(FailoverMark mark) {
        return Map.of("failover.eu-west-1", PolicyText.text(mark));
    }

    @Test
    void whatCannotBeIsRefusedAndChangesNothing() {
        ActorRef<RuleActor.Command> actor = actor("refusing");
        assertThat(submit(actor, Change.Kind.CHANGED, Map.of("name", "x"), null).result())
                .isEqualTo(DefinitionGateway.Result.MISSING);
        DefinitionState made = create(actor).state();
        assertThat(create(actor).result()).isEqualTo(DefinitionGateway.Result.EXISTS);

        RuleActor.Answer stale = submit(actor, Change.Kind.CHANGED, Map.of("name", "x"), "not-this-one");
        assertThat(stale.result()).isEqualTo(DefinitionGateway.Result.STALE);
        assertThat(stale.detail()).contains(made.revision());

        RuleActor.Answer refused = submit(actor, Change.Kind.CHANGED, Map.of("target_regions", ""), null);
        assertThat(refused.result()).isEqualTo(DefinitionGateway.Result.REFUSED);
        assertThat(refused.detail()).contains("target_regions");
        assertThat(refused.state()).isEqualTo(made);
    }

    @Test
    void anEditOfTheRevisionThatWasSeenIsDoneAndGivesAnother() {
        ActorRef<RuleActor.Command> actor = actor("revised");
        String first = create(actor).state().revision();
        RuleActor.Answer done = submit(actor, Change.Kind.CHANGED, Map.of("name", "Shop"), first);
        assertThat(done.result()).isEqualTo(DefinitionGateway.Result.DONE);
        assertThat(done.state().revision()).isNotEqualTo(first);
        assertThat(submit(actor, Change.Kind.CHANGED, Map.of("name", "Late"), first)
                        .result())
                .isEqualTo(DefinitionGateway.Result.STALE);
    }

    @Test
    void anEditThatChangesNothingIsDoneWithoutAnEvent() {
        ActorRef<RuleActor.Command> actor = actor("same");
        String revision = create(actor).state().revision();
        RuleActor.Answer again = submit(actor, Change.Kind.CHANGED, Map.of("name", "Web"), null);
        assertThat(again.result()).isEqualTo(DefinitionGateway.Result.DONE);
        assertThat(again.state().revision()).isEqualTo(revision);
    }

    @Test
    void comesBackFromItsSnapshotWithAllThatFollowed() {
        ActorRef<RuleActor.Command> actor = actor("long-lived");
        DefinitionState last = create(actor).state();
        for (int i = 0; i < 2 * SNAPSHOT_EVERY + 1; i++) {
            last = submit(actor, Change.Kind.CHANGED, Map.of("name", "Name " + i), null)
                    .state();
        }
        KIT.stop(actor);
        TestProbe<RuleActor.Awake> awake = KIT.createTestProbe(RuleActor.Awake.class);
        ActorRef<RuleActor.Command> again = actor("long-lived");
        again.tell(new RuleActor.Wake(awake.ref()));
        awake.receiveMessage();
        assertThat(submit(again, Change.Kind.CHANGED, Map.of("name", "Name 6"), last.revision())
                        .state())
                .isEqualTo(last);
    }

    @Test
    void whoWaitsForARuleWhoseEventsCannotBeReadIsToldAtOnce() throws SQLException {
        ActorRef<RuleActor.Command> actor = actor("poisoned");
        create(actor);
        KIT.stop(actor);
        try (Connection connection = DATABASE.dataSource().getConnection();
                PreparedStatement poison = connection.prepareStatement("UPDATE \"event_journal\""
                        + " SET \"event_payload\" = ? WHERE \"persistence_id\" LIKE '%rule:poisoned%'")) {
            poison.setBytes(1, new byte[] {1, 2, 3});
            assertThat(poison.executeUpdate()).isEqualTo(1);
        }
        TestProbe<RuleActor.Awake> awake = KIT.createTestProbe(RuleActor.Awake.class);
        actor("poisoned").tell(new RuleActor.Wake(awake.ref()));
        awake.expectMessage(RuleActor.Awake.ENDED);
    }

    @Test
    void aRuleThatWasRemovedCanBeMadeAgain() {
        ActorRef<RuleActor.Command> actor = actor("phoenix");
        create(actor);
        assertThat(submit(actor, Change.Kind.REMOVED, Map.of(), null).state().exists())
                .isFalse();
        assertThat(submit(actor, Change.Kind.REMOVED, Map.of(), null).result())
                .isEqualTo(DefinitionGateway.Result.MISSING);
        assertThat(create(actor).state().exists()).isTrue();
    }

    @Test
    void aClockThatStandsStillLosesNoEdit() {
        ActorRef<RuleActor.Command> actor = actor("still");
        create(actor);
        now = 0;
        for (int i = 0; i < 5; i++) {
            now = 0;
            assertThat(submit(actor, Change.Kind.CHANGED, Map.of("name", "Try " + i), null)
                            .state()
                            .text("name"))
                    .isEqualTo("Try " + i);
        }
    }
}
