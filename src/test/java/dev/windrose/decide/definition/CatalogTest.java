package dev.windrose.decide.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.health.Checks;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogTest {

    private static final RuleId WEB = new RuleId("web");
    private static final DefinitionKey KEY = DefinitionKey.rule(WEB);
    private static final DefinitionState GOOD = after(
            DefinitionState.EMPTY,
            Change.Kind.CREATED,
            1,
            Map.of("algorithm", "priority", "target_regions", "us-east-1 eu-west-1"));
    private static final DefinitionState BLANK = after(GOOD, Change.Kind.CHANGED, 2, Map.of("target_regions", ""));

    private static DefinitionState after(DefinitionState state, Change.Kind kind, long ms, Map<String, String> fields) {
        return state.after(new Change(kind, fields, new Stamp(ms, "us-east-1"), "tester", ""));
    }

    private static Catalog catalog(DefinitionState... heard) {
        Catalog catalog = Catalog.empty(Checks.DEFAULTS);
        for (DefinitionState state : heard) {
            catalog = catalog.with(Map.of(KEY, state));
        }
        return catalog;
    }

    private static List<RegionId> targets(Catalog catalog) {
        Rule rule = catalog.rules().get(WEB);
        return rule == null ? List.of() : rule.targets();
    }

    @Test
    void aRuleWhoseNewTextCannotBeUsedStaysAsItWasAndIsTold() {
        Catalog bad = catalog(GOOD, BLANK);
        assertThat(targets(bad)).containsExactly(new RegionId("us-east-1"), new RegionId("eu-west-1"));
        assertThat(bad.lastGood()).containsOnlyKeys(KEY);
        assertThat(bad.states()).containsEntry(KEY, BLANK);
    }

    @Test
    void whateverBecomesOfItTheNextGoodTextIsUsed() {
        Catalog mended =
                catalog(GOOD, BLANK, after(BLANK, Change.Kind.CHANGED, 3, Map.of("target_regions", "eu-west-1")));
        assertThat(targets(mended)).containsExactly(new RegionId("eu-west-1"));
        assertThat(mended.lastGood()).isEmpty();
    }

    @Test
    void otherEditsMeanwhileAreUsed() {
        Catalog edited = catalog(GOOD, BLANK, after(BLANK, Change.Kind.CHANGED, 3, Map.of("algorithm", "geographic")));
        assertThat(targets(edited)).hasSize(2);
        assertThat(edited.rules().get(WEB).algorithm().wireName()).isEqualTo("geographic");
        assertThat(edited.lastGood()).containsOnlyKeys(KEY);
    }

    @Test
    void aNodeThatStartsAnewFromItsSnapshotGoesOnUsingIt() {
        Catalog bad = catalog(GOOD, BLANK);
        Catalog restored = Catalog.empty(Checks.DEFAULTS).with(bad.lastGood()).with(bad.states());
        assertThat(targets(restored)).hasSize(2);
        assertThat(restored.states()).isEqualTo(bad.states());
    }

    @Test
    void aRemovedRuleIsGoneThoughItsTextWasBad() {
        Catalog removed = catalog(GOOD, BLANK, after(BLANK, Change.Kind.REMOVED, 3, Map.of()));
        assertThat(removed.rules()).isEmpty();
        assertThat(removed.lastGood()).isEmpty();
    }
}
