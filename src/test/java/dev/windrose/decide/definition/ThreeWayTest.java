package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ThreeWayTest {

    private static final List<String> FIELDS = List.of("name", "weights", "fallback", "monitor.login");
    private static final Map<String, String> DEFAULTS = Map.of("name", "", "weights", "", "fallback", "fail_open");

    private static Map<String, String> said(Random random) {
        Map<String, String> said = new HashMap<>();
        FIELDS.forEach(field -> {
            if (random.nextBoolean()) {
                said.put(field, "v" + random.nextInt(3));
            }
        });
        return said;
    }

    private static DefinitionState with(DefinitionState state, Map<String, String> fields) {
        Change.Kind kind = state.exists() ? Change.Kind.CHANGED : Change.Kind.CREATED;
        return state.after(new Change(kind, fields, Stamp.next(1, "a", state.heard()), "", ""));
    }

    private static DefinitionState applied(DefinitionState live, Map<String, String> said) {
        ThreeWay.Merged merged = ThreeWay.merge(live, said, said.keySet(), DEFAULTS, "shop");
        return merged.fields().isEmpty() ? live : with(live, merged.fields());
    }

    @Test
    void whatIsAppliedIsThereAndAppliedAgainChangesNothing() {
        Forall.cases(random -> {
            Map<String, String> before = said(random);
            DefinitionState live = applied(with(DefinitionState.EMPTY, Map.of("fallback", "fail_open")), before);
            Map<String, String> elsewhere = said(random);
            live = with(live, elsewhere);
            Map<String, String> now = said(random);
            ThreeWay.Merged merged = ThreeWay.merge(live, now, now.keySet(), DEFAULTS, "shop");
            DefinitionState after = applied(live, now);

            for (String field : FIELDS) {
                String is = String.valueOf(after.text(field));
                if (now.containsKey(field)) {
                    assertThat(is).as(field).isEqualTo(now.get(field));
                } else if (before.containsKey(field)) {
                    assertThat(after.text(field)).as(field).isEqualTo(DEFAULTS.getOrDefault(field, ""));
                } else {
                    assertThat(after.text(field)).as(field).isEqualTo(live.text(field));
                }
            }
            for (String field : merged.drifted()) {
                assertThat(elsewhere.get(field)).isNotNull().isNotEqualTo(before.get(field));
            }
            assertThat(ThreeWay.merge(after, now, now.keySet(), DEFAULTS, "shop")
                            .fields())
                    .isEmpty();
        });
    }

    @Test
    void tellsWhoseItIsAndWhatSomebodyElseChanged() {
        DefinitionState live = applied(with(DefinitionState.EMPTY, Map.of()), Map.of("name", "a", "weights", "x=1"));
        assertThat(ThreeWay.owner(live)).isEqualTo("shop");
        live = with(live, Map.of("weights", "x=2"));
        ThreeWay.Merged merged = ThreeWay.merge(
                live, Map.of("name", "b", "weights", "x=1"), java.util.Set.of("name", "weights"), DEFAULTS, "shop");
        assertThat(merged.drifted()).containsExactly("weights");
        assertThat(merged.fields()).containsEntry("name", "b").containsEntry("weights", "x=1");
    }
}
