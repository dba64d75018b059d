package dev.windrose.live.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.health.Checks;
import dev.windrose.model.DefinitionKey;
import dev.windrose.watch.Alarms;
import dev.windrose.watch.DefinitionMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MergeWatchTest {

    private static final DefinitionKey WEB = DefinitionKey.parse("rule:web");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private long now = 1_000_000;
    private final Alarms alarms = new Alarms(registry, () -> now);
    private final MergeWatch watch = new MergeWatch(Checks.DEFAULTS, () -> now, new DefinitionMeters(registry, alarms));

    private static Change change(Change.Kind kind, Map<String, String> fields, long ms, String region, long... seen) {
        Map<String, Long> heard = seen.length == 0 ? Map.of() : Map.of("a", seen[0], "b", seen[1]);
        return new Change(kind, fields, new Stamp(ms, region), "tester", "", heard, null, null);
    }

    private double meter(String name) {
        return registry.get(name).gauge().value();
    }

    @Test
    void whatLostAMergeIsAnAlarmUntilItIsSettledOrADayOld() {
        DefinitionState made = DefinitionState.EMPTY.after(change(
                Change.Kind.CREATED,
                Map.of("name", "web", "algorithm", "priority", "target_regions", "eu-west-1"),
                now,
                "a"));
        DefinitionState torn = made.after(change(Change.Kind.CHANGED, Map.of("name", "of a"), now + 1, "a", now, 0))
                .after(change(Change.Kind.CHANGED, Map.of("name", "of b"), now + 2, "b", now, 0));
        watch.heard(Map.of(WEB, made));
        assertThat(alarms.raised()).isEmpty();

        watch.heard(Map.of(WEB, torn));
        assertThat(alarms.raised()).singleElement().satisfies(alarm -> {
            assertThat(alarm.kind()).isEqualTo(Alarms.Kind.CONFLICT);
            assertThat(alarm.detail()).contains("rule:web").contains("/api/v1/conflicts");
        });
        assertThat(meter(DefinitionMeters.CONFLICTS)).isEqualTo(1);

        now += Duration.ofHours(25).toMillis();
        watch.alarm();
        assertThat(alarms.raised()).isEmpty();
        assertThat(meter(DefinitionMeters.CONFLICTS)).as("it is shown for ever").isEqualTo(1);

        watch.heard(Map.of(
                WEB,
                torn.after(change(
                        Change.Kind.CHANGED,
                        Map.of("name", "of both"),
                        now,
                        "a",
                        torn.causes().heard().get("a"),
                        torn.causes().heard().get("b")))));
        assertThat(meter(DefinitionMeters.CONFLICTS)).isZero();
    }

    @Test
    void aDefinitionThatMergedIntoWhatIsNotValidIsCounted() {
        DefinitionState state = DefinitionState.EMPTY.after(change(
                Change.Kind.CREATED,
                Map.of("name", "web", "algorithm", "priority", "target_regions", "a-1", "weights", "b-1=1"),
                now,
                "a"));
        watch.heard(Map.of(WEB, state));
        assertThat(meter(DefinitionMeters.INVALID)).isEqualTo(1);
        watch.heard(Map.of(WEB, state.after(change(Change.Kind.CHANGED, Map.of("weights", "a-1=1"), now + 1, "a"))));
        assertThat(meter(DefinitionMeters.INVALID)).isZero();
    }
}
