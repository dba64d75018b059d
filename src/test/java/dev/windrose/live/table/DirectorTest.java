package dev.windrose.live.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.route.Choice;
import dev.windrose.model.Client;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DirectorTest {

    private static final RuleId WEB = new RuleId("web");

    private final TableInMemory table = new TableInMemory(new RegionId("us-east-1"), Checks.DEFAULTS);
    private final Director director = table.director();

    private void rule(String algorithm, String targets) {
        table.hear(Map.of(
                DefinitionKey.rule(WEB),
                DefinitionState.EMPTY.after(new Change(
                        Change.Kind.CREATED,
                        Map.of("algorithm", algorithm, "target_regions", targets),
                        new Stamp(1, "us-east-1"),
                        "tester",
                        ""))));
    }

    private Choice decide() {
        Choice choice = director.route("web", Client.ANYWHERE);
        assertThat(choice).isNotNull();
        return choice;
    }

    @Test
    void aDecisionIsInFlightUntilItsOutcomeIsKnown() {
        rule("priority", "us-east-1");
        Choice choice = decide();
        String id = Director.text(director.begin(choice, Client.ANYWHERE));
        assertThat(choice.load().inFlight()).isEqualTo(1);

        assertThat(director.finish(id, 25, true, null)).isTrue();
        assertThat(choice.load().inFlight()).isZero();
        assertThat(choice.load().latencyMs()).isCloseTo(25, within(0.1));
        assertThat(director.tallies().counts(WEB)).isEqualTo(new RuleCounts(1, 0));
    }

    @Test
    void anOutcomeReportedTwiceCountsNothingBelowZero() {
        rule("priority", "us-east-1");
        String id = Director.text(director.begin(decide(), Client.ANYWHERE));
        director.finish(id, 25, true, null);
        director.finish(id, 25, true, null);

        assertThat(decide().load().inFlight()).isZero();
    }

    @Test
    void aFailureCountsAndNeverLooksFast() {
        rule("priority", "us-east-1");
        director.finish(Director.text(director.begin(decide(), Client.ANYWHERE)), 1, false, null);

        assertThat(director.tallies().counts(WEB)).isEqualTo(new RuleCounts(1, 1));
        assertThat(decide().load().latencyMs()).isGreaterThanOrEqualTo(1000);
    }

    @Test
    void aDecisionNobodyReportsIsGivenUp() {
        rule("priority", "us-east-1");
        String id = Director.text(director.begin(decide(), Client.ANYWHERE));
        director.tallies().counters().moveTo(20_000);
        assertThat(decide().load().inFlight()).isEqualTo(1);

        director.tallies().counters().moveTo(40_000);
        assertThat(decide().load().inFlight()).isZero();
        assertThat(director.finish(id, 25, true, null)).isFalse();
    }

    @Test
    void idsOfOthersAreNotKnown() {
        rule("priority", "us-east-1");
        String id = Director.text(director.begin(decide(), Client.ANYWHERE));

        for (String other : List.of("", "x", "0000000000000000", "zzzzzzzzzzzzzzzz", id + "0", "f" + id.substring(1))) {
            assertThat(other.equals(id) || !director.finish(other, 1, true, null))
                    .as(other)
                    .isTrue();
        }
    }

    @Test
    void countsOutliveASwap() {
        rule("least_connections", "us-east-1 eu-west-1");
        List<Choice> begun = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Choice choice = decide();
            director.begin(choice, Client.ANYWHERE);
            begun.add(choice);
        }
        rule("least_connections", "us-east-1 eu-west-1 ap-southeast-1");

        assertThat(director.tallies().counts(WEB).total()).isEqualTo(10);
        assertThat(begun.get(0).load().inFlight() + decide().load().inFlight()).isPositive();
    }

    @Test
    void theOutcomeOfARuleThatWasRemovedIsNotCountedForTheOneThatWasDefinedNext() {
        rule("priority", "us-east-1");
        String id = Director.text(director.begin(decide(), Client.ANYWHERE));
        DefinitionState web = director.catalog().states().get(DefinitionKey.rule(WEB));
        table.hear(Map.of(
                DefinitionKey.rule(WEB),
                web.after(new Change(Change.Kind.REMOVED, Map.of(), new Stamp(2, "us-east-1"), "tester", ""))));
        director.tallies().retain(List.of(), List.of());
        RuleId shop = new RuleId("shop");
        table.hear(Map.of(DefinitionKey.rule(shop), web));

        assertThat(director.finish(id, 5, false, null)).isFalse();
        assertThat(director.tallies().counts(shop)).isEqualTo(RuleCounts.NONE);

        // When nothing of it can come any more, its place is given to another.
        director.tallies()
                .counters()
                .moveTo(CoarseClock.LENGTH.multipliedBy(CoarseClock.KEPT).toMillis());
        table.hear(Map.of(DefinitionKey.rule(new RuleId("api")), web));
        Choice choice = Objects.requireNonNull(director.route("api", Client.ANYWHERE));
        long reused = director.begin(choice, Client.ANYWHERE);
        assertThat(Director.text(reused).substring(3, 8)).isEqualTo(id.substring(3, 8));
    }

    @Test
    void anUnknownRuleHasNoAnswer() {
        assertThat(director.route("nobody", Client.ANYWHERE)).isNull();
        assertThat(director.explain("nobody", Client.ANYWHERE)).isNull();
    }
}
