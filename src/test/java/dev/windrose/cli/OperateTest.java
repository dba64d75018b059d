package dev.windrose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.cli.remote.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The commands of operators against a real node. */
class OperateTest extends RemoteCommandTest {

    private static void rule(String name) throws IOException {
        put("rule put " + name, """
                name: A rule
                algorithm: weighted_round_robin
                target_regions: [us-east-1, eu-west-1]
                health_check: {type: tcp, interval_ms: 600000}
                fallback: fail_open
                """);
    }

    @Test
    void aRuleIsMadeShownChangedPausedAndRemoved() throws IOException {
        rule("shop");
        assertThat(run("rule list").out())
                .containsPattern("RULE ID +ALGORITHM +STATUS")
                .contains("shop");
        assertThat(run("rule get shop -o yaml").out()).contains("rule_id: shop").contains("- us-east-1");
        assertThat(run("rule weights shop us-east-1=1 eu-west-1=3 -o json")
                        .json()
                        .at("/new_weights/eu-west-1")
                        .asDouble())
                .isEqualTo(0.75);
        Ran set = run("rule set shop algorithm=priority health_check.timeout_ms=900 session_affinity=true -o json");
        assertThat(set.json().at("/algorithm").asText()).as(set.err()).isEqualTo("priority");
        assertThat(set.json().at("/health_check/timeout_ms").asInt()).isEqualTo(900);
        assertThat(set.json().at("/health_check/type").asText()).isEqualTo("tcp");
        assertThat(run("rule pause shop").code()).isZero();
        assertThat(run("rule list --where status=paused -o json")
                        .json()
                        .at("/rules/0/rule_id")
                        .asText())
                .isEqualTo("shop");
        assertThat(run("rule resume shop").code()).isZero();
        assertThat(run("rule delete shop").code()).isZero();
        assertThat(run("rule get shop").code()).isEqualTo(Exit.UNKNOWN);
    }

    @Test
    void aDryRunShowsWhatWouldBeSentAndChangesNothing() throws IOException {
        rule("still");
        Ran ran = run("rule weights still us-east-1=9 --dry-run -o json");
        assertThat(ran.json().at("/would_send").asText()).isEqualTo("POST /api/v1/rules/still/update-weights");
        assertThat(ran.json().at("/body/us-east-1").asInt()).isEqualTo(9);
        assertThat(run("rule get still -o json").json().at("/weights/us-east-1").asDouble())
                .isEqualTo(0.5);
        assertThat(run("rule delete still --dry-run").code()).isZero();
        assertThat(run("rule get still").code()).isZero();
    }

    @Test
    void aClientIsRoutedAndTheChoiceExplained() throws IOException {
        rule("way");
        assertThat(run("route way europe -o json").json().at("/optimal_region").asText())
                .isIn("us-east-1", "eu-west-1");
        Ran explained = run("explain way --at 52.5,13.4 --affinity alice");
        assertThat(explained.out())
                .contains("settled by weighted_round_robin")
                .contains("REMOVED BY")
                .contains("eu-west-1");
        assertThat(run("explain way --ip 192.0.2.1 -o json")
                        .json()
                        .at("/explanation/client/placed_by")
                        .asText())
                .isEqualTo("nearest_node");
        assertThat(run("route way europe --ip 192.0.2.1").code()).isEqualTo(Exit.WRONG);
    }

    @Test
    void aRegionIsRegisteredDrainedEvacuatedAndTakenBack() throws IOException {
        rule("moves");
        assertThat(run("region set eu-west-1 capacity=5").code()).isEqualTo(Exit.UNKNOWN);
        put("region put eu-west-1", "endpoints: ['http://127.0.0.1:9102']\n");
        assertThat(run("region list").out()).contains("http://127.0.0.1:9102");
        // Where the clients can go meanwhile.
        put("region put us-east-1", "endpoints: ['http://127.0.0.1:9101']\n");

        Ran drained = run("drain eu-west-1 --rule moves --for 10m --author ada -o json", "--reason", "new kernel");
        assertThat(drained.json().at("/status").asText()).as(drained.err()).isEqualTo("draining");
        assertThat(run("route moves europe -o json")
                        .json()
                        .at("/optimal_region")
                        .asText())
                .isEqualTo("us-east-1");
        assertThat(run("undrain eu-west-1 --rule moves").code()).isZero();
        assertThat(run("drain eu-west-1").err()).contains("--reason: missing");

        assertThat(run("evacuate plan eu-west-1 -o json").json().at("/safe").asBoolean())
                .isTrue();
        Ran evacuated =
                run("evacuate start eu-west-1 --over 1s --for 1h --rehearse --wait -o json", "--reason", "drill");
        assertThat(evacuated.json().at("/phase").asText()).as(evacuated.err()).isEqualTo("empty");
        assertThat(run("evacuate undo eu-west-1").code()).isZero();
        assertThat(run("evacuate status eu-west-1 -o json").json().at("/phase").asText())
                .isEqualTo("undone");
    }

    @Test
    void healthIsShownAsItIsBelievedAndAsItIsSeen() throws IOException {
        rule("seen");
        assertThat(run("health").code()).isZero();
        assertThat(run("health --matrix --rule seen -o json")
                        .json()
                        .at("/seen_from")
                        .asText())
                .isEqualTo("us-east-1");
        assertThat(run("health --matrix --rule nobody").code()).isEqualTo(Exit.UNKNOWN);
    }

    @Test
    void whatGoesWrongIsOneLineAndACodeOfItsOwn() {
        assertThat(run("rule get nobody"))
                .isEqualTo(new Ran(
                        Exit.UNKNOWN, "", "windrose rule get: rule_id: 'nobody' (expected: an existing name)\n"));
        assertThat(run("rule weights nobody us-east-1=-1").code()).isEqualTo(Exit.FAILED);
        assertThat(run("region evict us-east-1 --reason x").err()).contains("is this node's own");
        Ran away = Ran.of("rule list --server http://127.0.0.1:1");
        assertThat(away.code()).isEqualTo(Exit.AWAY);
        assertThat(away.err()).hasLineCount(1).contains("does not answer");
        assertThat(Ran.of("rule list --server ftp://x").code()).isEqualTo(Exit.WRONG);
        assertThat(Ran.of("rule list --server http://192.0.2.1:1 --token t").err())
                .contains("expected: https");
        assertThat(Ran.of("rule").code()).isEqualTo(Exit.WRONG);
    }

    @Test
    void contextsNameClustersAndHoldNoSecrets() throws IOException {
        Path file = files.resolve("contexts.yaml");
        String at = " --contexts " + file;
        assertThat(Ran.of("context set here --server " + node.server() + at).code())
                .isZero();
        assertThat(Ran.of("context set there --server https://windrose.example --token env:NO_SUCH_TOKEN" + at)
                        .code())
                .isZero();
        assertThat(Ran.of("context list" + at).out())
                .containsPattern("\\* +here")
                .contains("env:NO_SUCH_TOKEN");
        assertThat(Ran.of("rule list -o json" + at).code()).isZero();
        assertThat(Ran.of("context use there" + at).code()).isZero();
        assertThat(Ran.of("rule list" + at).err()).contains("$NO_SUCH_TOKEN is not set");
        assertThat(Ran.of("rule list --context here" + at).code()).isZero();
        assertThat(Ran.of("context set bad --server http://x --token s3cret" + at)
                        .err())
                .contains("a token in plain text")
                .doesNotContain("s3cret");
        Files.writeString(file, "contexts: {here: {server: 'http://x', password: y}}");
        assertThat(Ran.of("rule list" + at).code()).isEqualTo(Exit.WRONG);
    }

    @Test
    void theCompletionScriptKnowsTheCommands() {
        assertThat(Ran.of("completion").out())
                .contains("evacuate")
                .contains("rule")
                .contains("--dry-run");
    }
}
