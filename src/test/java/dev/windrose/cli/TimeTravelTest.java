package dev.windrose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.cli.remote.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What was, what differs, and what would be, against a real node with its journal. */
class TimeTravelTest extends RemoteCommandTest {

    private static void rule(String name, String algorithm, String more, String reason) throws IOException {
        put("rule put " + name + " --author ada", """
                name: %s
                algorithm: %s
                target_regions: [us-east-1, eu-west-1]
                health_check: {type: tcp, interval_ms: 600000}
                %s
                """.formatted(name, algorithm, more), "--reason", reason);
    }

    /** The time of the newest change of a rule, as the journal has it. */
    private static Instant stamp(String rule) {
        return Instant.parse(run("history rule:" + rule + " -o json")
                .json()
                .at("/changes/0/at")
                .asText());
    }

    @Test
    void aRuleIsRebuiltAsItWasAndBroughtBackByNewChanges() throws IOException {
        rule("shop", "priority", "session_affinity: true", "first");
        Instant first = stamp("shop");
        assertThat(run("rule weights shop us-east-1=1 eu-west-1=3", "--reason", "more room")
                        .code())
                .isZero();
        Instant second = stamp("shop");
        rule("shop", "least_connections", "fallback: fail_closed", "third");
        assertThat(run("rule delete shop --author bob", "--reason", "gone").code())
                .isZero();

        JsonNode history = run("history shop -o json").json();
        assertThat(history.at("/total_changes").asInt()).isEqualTo(4);
        assertThat(history.at("/changes").findValuesAsText("action"))
                .containsExactly("removed", "changed", "weights_set", "created");
        assertThat(history.at("/changes").findValuesAsText("reason"))
                .containsExactly("gone", "third", "more room", "first");
        assertThat(history.at("/changes/0/author").asText()).isEqualTo("bob");

        JsonNode then =
                run("replay state rule:shop --at " + second + " -o json").json();
        assertThat(then.at("/algorithm").asText()).isEqualTo("priority");
        assertThat(then.at("/weights/eu-west-1").asDouble()).isEqualTo(0.75);
        assertThat(run("replay state shop --at " + first + " -o json")
                        .json()
                        .at("/weights/eu-west-1")
                        .asDouble())
                .isEqualTo(0.5);
        assertThat(run("replay state shop --at " + first.minusMillis(1)).code()).isEqualTo(Exit.UNKNOWN);
        assertThat(run("replay state shop --at yesterday").code()).isEqualTo(Exit.FAILED);
        assertThat(run("replay decision shop europe --at " + second + " -o json")
                        .json()
                        .at("/region")
                        .asText())
                .isEqualTo("us-east-1");

        Ran diff = run("replay diff rule:shop --from " + first + " --to " + second);
        assertThat(diff.out()).contains("~ rule:shop").contains("weights.eu-west-1: 0.5 -> 0.75");
        assertThat(run("replay rollback rule:shop --to " + second + " --dry-run")
                        .out())
                .contains("+ rule:shop");
        assertThat(run("rule get shop").code()).isEqualTo(Exit.UNKNOWN);
        assertThat(run("replay rollback rule:shop --to " + second + " --author eve")
                        .code())
                .isZero();
        JsonNode back = run("rule get shop -o json").json();
        assertThat(back.at("/algorithm").asText()).isEqualTo("priority");
        assertThat(back.at("/weights/eu-west-1").asDouble()).isEqualTo(0.75);
        assertThat(back.at("/session_affinity").asBoolean()).isTrue();
        assertThat(back.at("/fallback").asText()).isEqualTo("fail_open");
        assertThat(run("history shop -o json").json().at("/changes/0/author").asText())
                .isEqualTo("eve");
        assertThat(run("replay rollback rule:shop --to " + second).out()).contains("no differences");
    }

    @Test
    void whatIsSimulatedIsWhatHappensWhenItIsDone() throws IOException {
        rule("hash", "consistent_hash", "session_affinity: true", "");
        rule("first", "priority", "", "");
        Path edit = Files.writeString(
                files.resolve("edit.yaml"),
                "kind: rule\nspec: {rule_id: first, name: first, algorithm: priority, target_regions: [eu-west-1, us-east-1]}\n");
        Ran simulated = run("simulate --rate first=100 --client first=europe --client hash=europe -o json -f " + edit);
        assertThat(simulated.code()).as(simulated.err()).isZero();
        JsonNode client = simulated.json().at("/clients/0");
        assertThat(client.at("/before").asText()).isEqualTo("us-east-1");
        assertThat(client.at("/after").asText()).isEqualTo("eu-west-1");
        assertThat(simulated.json().at("/clients/1/moved").asBoolean()).isFalse();
        assertThat(run("route first europe -o json").json().at("/region").asText())
                .isEqualTo("us-east-1");

        assertThat(run("rule set first target_regions=[\"eu-west-1\",\"us-east-1\"]")
                        .code())
                .isZero();
        assertThat(run("route first europe -o json").json().at("/region").asText())
                .isEqualTo("eu-west-1");
    }

    @Test
    void anOutageThatIsTooMuchForTheOthersIsToldAndFails() throws IOException {
        rule("load", "weighted_round_robin", "", "");
        put("region put us-east-1", "{capacity: 150}");
        Ran well = run("simulate --rate load=200");
        assertThat(well.code()).as(well.out() + well.err()).isZero();
        Ran down = run("simulate --outage eu-west-1 --rate load=200 -o json");
        assertThat(down.code()).isEqualTo(Exit.FAILED);
        assertThat(down.json().at("/over_capacity/0").asText()).isEqualTo("us-east-1");
        for (JsonNode rule : down.json().at("/rules")) {
            if (rule.at("/rule_id").asText().equals("load")) {
                assertThat(rule.at("/moved_share").asDouble()).isEqualTo(0.5);
            }
        }
        assertThat(run("region delete us-east-1").err()).contains("in use by");
        assertThat(run("region set us-east-1 capacity=null").code()).isZero();
        assertThat(run("simulate --outage eu-west-1=broken").code()).isEqualTo(Exit.FAILED);
    }
}
