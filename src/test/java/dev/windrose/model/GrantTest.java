package dev.windrose.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrantTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "viewer",
                "admin",
                "operator;region=eu-west-1",
                "editor;region=eu-west-1;region=us-east-1;label.team=shop;label.tier=gold",
            })
    void isReadAsItWasWritten(String text) {
        assertThat(Grant.parse(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "root",
                "Admin",
                "viewer;",
                "viewer;region=",
                "viewer;region=Europe!",
                "viewer;label.=x",
                "viewer;label.team",
                "viewer;team=shop"
            })
    void refusesWhatIsNoGrant(String text) {
        assertThatThrownBy(() -> Grant.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest(name = "{0} and [{1}] in [{2}]: any {3}, all {4}")
    @CsvSource({
        "viewer,                                     ,            ,                      true,  true",
        "viewer,                                     team=shop,   us-east-1,             true,  true",
        "viewer;label.team=shop,                     team=shop,   us-east-1,             true,  true",
        "viewer;label.team=shop,                     team=web,    us-east-1,             false, false",
        "viewer;label.team=shop,                     ,            us-east-1,             false, false",
        "viewer;label.team=shop;label.tier=gold,     team=shop,   us-east-1,             false, false",
        "viewer;region=eu-west-1,                    ,            eu-west-1,             true,  true",
        "viewer;region=eu-west-1,                    ,            eu-west-1 us-east-1,   true,  false",
        "viewer;region=eu-west-1,                    ,            us-east-1,             false, false",
        "viewer;region=eu-west-1,                    ,            ,                      false, false",
        "viewer;region=eu-west-1;region=us-east-1,   ,            eu-west-1 us-east-1,   true,  true",
        "viewer;region=eu-west-1;label.team=shop,    team=shop,   us-east-1,             false, false",
    })
    void coversWhatItsLimitsSay(String grant, String labels, String regions, boolean any, boolean all) {
        Map<String, String> having = new TreeMap<>();
        if (labels != null) {
            having.put(labels.split("=", 2)[0], labels.split("=", 2)[1]);
        }
        List<RegionId> in = regions == null
                ? List.of()
                : Arrays.stream(regions.split(" ", -1)).map(RegionId::new).toList();

        assertThat(Grant.parse(grant).covers(having, in, false)).isEqualTo(any);
        assertThat(Grant.parse(grant).covers(having, in, true)).isEqualTo(all);
    }

    @Test
    void nobodyMayDoAnything() {
        for (Permission permission : Permission.values()) {
            assertThat(Principal.MISSING.maySomewhere(permission)).isEqualTo(permission == Permission.PUBLIC);
            assertThat(Principal.DEV.mayEverywhere(permission)).isTrue();
        }
    }
}
