package dev.windrose.live.failover;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.PolicyText;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.route.Choice;
import dev.windrose.decide.route.Tables;
import dev.windrose.live.definition.DefinitionGateway;
import dev.windrose.live.edit.Editors;
import dev.windrose.live.edit.EvacuationEditor;
import dev.windrose.live.table.Director;
import dev.windrose.live.table.TableInMemory;
import dev.windrose.model.Algorithm;
import dev.windrose.model.Client;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Evacuation;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class EvacuationsTest {

    private static final ActorTestKit KIT = ActorTestKit.create(ManualTime.config());
    private static final RegionId US = new RegionId("us-east-1");
    private static final RegionId EU = new RegionId("eu-west-1");
    private static final DefinitionKey REGION = DefinitionKey.region(US);
    private static final long SINCE = 1_000_000;

    private final ManualTime time = ManualTime.get(KIT.system());
    private final TestProbe<String> edits = KIT.createTestProbe(String.class);
    private final TableInMemory table = new TableInMemory(US, Checks.DEFAULTS);
    private final Map<DefinitionKey, DefinitionState> states = new HashMap<>();
    private volatile long now = SINCE;
    private volatile HealthView health = HealthView.NOTHING;

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @Test
    void anEmptyRegionIsRecordedWithItsTime() {
        start(false);
        passes(5);
        table.director().route("web", Client.ANYWHERE);
        passes(3);
        edits.expectNoMessage(Duration.ofMillis(50));
        passes(10);
        Evacuation ended = ended();
        assertThat(ended.phase()).isEqualTo(Evacuation.Phase.EMPTY);
        assertThat(ended.tookMs()).isBetween(0L, 12_000L);
    }

    @Test
    void whenNobodyElseIsLeftItIsAbortedAndTheTrafficComesBack() {
        start(false);
        passes(2);
        health = new Tables.Believed().is(EU, HealthStatus.UNHEALTHY);
        passes(4);
        Evacuation ended = ended();
        assertThat(ended.phase()).isEqualTo(Evacuation.Phase.ABORTED);
        assertThat(ended.cause()).contains("web");
        assertThat(states.get(REGION).text(Fields.OVERRIDE)).isEmpty();
    }

    @Test
    void aRehearsalEndsLikeTheRealThingAndTouchesNoTraffic() {
        start(true);
        passes(20);
        assertThat(ended().cause()).isEqualTo("rehearsed");
        assertThat(states.get(REGION).text(Fields.OVERRIDE)).isEmpty();
    }

    @Test
    void failuresOfBeforeDoNotCountAndThoseMeanwhileTakeTheTrafficBack() {
        health = new Tables.Believed().is(US, HealthStatus.UNHEALTHY);
        define();
        table.see(health);
        fail(100);
        health = HealthView.NOTHING;
        table.see(health);
        start(false);
        passes(3);
        edits.expectNoMessage(Duration.ofMillis(50));
        table.see(new Tables.Believed().is(US, HealthStatus.UNHEALTHY));
        fail(30);
        passes(2);
        Evacuation ended = ended();
        assertThat(ended.phase()).isEqualTo(Evacuation.Phase.ABORTED);
        assertThat(ended.cause()).startsWith("errors elsewhere: 100.0 % of 30");
    }

    /** So many clients are sent to the other region, and fail there. */
    private void fail(int clients) {
        for (int i = 0; i < clients; i++) {
            Choice choice = Objects.requireNonNull(table.director().route("web", Client.ANYWHERE));
            assertThat(choice.region()).isEqualTo(EU);
            table.director().finish(Director.text(table.director().begin(choice, Client.ANYWHERE)), 5, false, null);
        }
    }

    private void start(boolean rehearsal) {
        if (!states.containsKey(REGION)) {
            define();
        }
        Evacuation evacuation = new Evacuation(
                Evacuation.Phase.RUNNING,
                rehearsal,
                "ada",
                "",
                "new racks",
                SINCE,
                10_000,
                SINCE + 600_000,
                0.05,
                0,
                -1,
                "");
        change(
                REGION,
                Change.Kind.CHANGED,
                Map.of(
                        Fields.EVACUATION,
                        PolicyText.text(evacuation),
                        Fields.OVERRIDE,
                        rehearsal ? "" : PolicyText.text(evacuation.override())));
        DefinitionGateway gateway = (key, edit) -> {
            change(key, edit.kind(), edit.fields());
            edits.ref().tell(edit.fields().get(Fields.EVACUATION));
            return CompletableFuture.completedFuture(
                    new DefinitionGateway.Outcome(DefinitionGateway.Result.DONE, states.get(key), ""));
        };
        EvacuationPlanner planner = new EvacuationPlanner(US, table.director(), () -> health);
        KIT.spawn(Evacuations.create(
                new EvacuationEditor(Editors.of(gateway, table.director()), planner::plan, () -> now),
                US,
                Set.of(US),
                table.director(),
                planner,
                () -> now));
    }

    private void define() {
        Rule web = Tables.rule(new RuleId("web"), Algorithm.PRIORITY, List.of(US, EU));
        change(DefinitionKey.rule(web.id()), Change.Kind.CREATED, DefinitionCodec.fields(web, Checks.DEFAULTS));
        change(REGION, Change.Kind.CREATED, Map.of(Fields.CAPACITY, "0"));
    }

    private void change(DefinitionKey key, Change.Kind kind, Map<String, String> fields) {
        DefinitionState before = states.getOrDefault(key, DefinitionState.EMPTY);
        DefinitionState after =
                before.after(new Change(kind, fields, Stamp.next(now, "us-east-1", before.heard()), "x", ""));
        states.put(key, after);
        table.hear(Map.of(key, after));
    }

    private void passes(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now += 1000;
            time.timePasses(Duration.ofSeconds(1));
        }
    }

    private Evacuation ended() {
        return PolicyText.evacuation(edits.receiveMessage());
    }
}
