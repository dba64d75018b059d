package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.health.Checks;
import dev.windrose.model.DefinitionKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastGoodTest {

    private static final DefinitionState RULE = DefinitionCodecTest.state(Map.of(
            "name", "Web",
            "algorithm", "priority",
            "target_regions", "us-east-1 eu-west-1",
            "weights", "eu-west-1=0.3 us-east-1=0.7",
            "fallback", "fail_closed",
            "status", "active"));
    private static final DefinitionState REGION =
            DefinitionCodecTest.state(Map.of("endpoints", "http://us:80", "capacity", "500", "coordinate", "1,2"));

    private static DefinitionState pushed(DefinitionState before, String field, String text) {
        return before.after(
                new Change(Change.Kind.CHANGED, Map.of(field, text), new Stamp(2, "eu-west-1"), "a bad push", ""));
    }

    private static DefinitionState usable(DefinitionKey.Kind kind, DefinitionState before, DefinitionState after) {
        return LastGood.usable(kind, before, after, Checks.DEFAULTS);
    }

    @ParameterizedTest(name = "{0}: [{1}]")
    @CsvSource({
        "target_regions, ''", // blank
        "target_regions, us-east-1 us-east-1",
        "target_regions, us|east",
        "algorithm, ''",
        "algorithm, quantum",
        "weights, us-east-1=0 eu-west-1=0", // a total of 0
        "weights, us-east-1=NaN",
        "weights, us-east-1=-1",
        "fallback, sometimes",
        "status, perhaps",
        "safety, min_regions=900",
        "health_policy, of_a_later_version=1",
        "endpoints, us-east-1=gopher://x",
        "override.us-east-1, status=on_fire",
    })
    void aFieldOfARuleThatCannotBeRightKeepsWhatItSaidBefore(String field, String text) {
        DefinitionState before =
                pushed(RULE, "override.us-east-1", "status=draining owner=ada reason=x since=1 until=9 ramp_ms=0");
        DefinitionState after = before.after(new Change(
                Change.Kind.CHANGED, Map.of(field, text, "name", "New"), new Stamp(9, "eu-west-1"), "a bad push", ""));

        DefinitionState used = usable(DefinitionKey.Kind.RULE, before, after);

        assertThat(used.text("name")).isEqualTo("New");
        assertThat(LastGood.kept(used, after)).isEqualTo(before.text(field) == null ? List.of() : List.of(field));
        assertThat(used.text(field)).isEqualTo(before.text(field) == null ? text : before.text(field));
        assertThat(DefinitionCodec.rule("web", used, Checks.DEFAULTS)).isNotNull();
    }

    @ParameterizedTest(name = "{0}: [{1}]")
    @CsvSource({"endpoints, ://", "capacity, -1", "capacity, lots", "coordinate, 91,0", "areas, A B"})
    void aFieldOfARegionThatCannotBeRightKeepsWhatItSaidBefore(String field, String text) {
        DefinitionState used = usable(DefinitionKey.Kind.REGION, REGION, pushed(REGION, field, text));
        assertThat(used.text(field)).isEqualTo(REGION.text(field) == null ? text : REGION.text(field));
    }

    @Test
    void aTextTenTimesTheSizeKeepsWhatItSaidBefore() {
        String many = "us-east-1 ".repeat(10 * DefinitionChecks.MAX_TEXT / 10);
        assertThat(usable(DefinitionKey.Kind.RULE, RULE, pushed(RULE, "target_regions", many))
                        .text("target_regions"))
                .isEqualTo("us-east-1 eu-west-1");
    }

    @Test
    void whatCanBeRightIsUsedEvenWhenItDoesNotFitTheRest() {
        // Two edits on two sides of a partition, each right by itself: all regions must come to the same.
        DefinitionState after = pushed(RULE, "weights", "ap-southeast-1=1");
        assertThat(usable(DefinitionKey.Kind.RULE, RULE, after)).isSameAs(after);
    }

    @Test
    void whatWasNeverGoodHasNothingToKeep() {
        DefinitionState bad = DefinitionCodecTest.state(Map.of("target_regions", "", "algorithm", "priority"));
        assertThat(usable(DefinitionKey.Kind.RULE, DefinitionState.EMPTY, bad)).isSameAs(bad);
    }

    @Test
    void aRemovalIsARemoval() {
        DefinitionState removed =
                RULE.after(new Change(Change.Kind.REMOVED, Map.of(), new Stamp(5, "us-east-1"), "tester", ""));
        assertThat(usable(DefinitionKey.Kind.RULE, RULE, removed)).isSameAs(removed);
    }

    @Test
    void whatIsKeptIsOlderThanWhatCannotBeUsedSoThatBothCanBeHeardAgain() {
        DefinitionState bad = pushed(RULE, "target_regions", "");
        DefinitionState used = usable(DefinitionKey.Kind.RULE, RULE, bad);
        assertThat(used.merge(bad)).isEqualTo(bad);
        assertThat(usable(DefinitionKey.Kind.RULE, used, used.merge(bad))).isEqualTo(used);
    }
}
