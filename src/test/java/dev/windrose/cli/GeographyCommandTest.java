package dev.windrose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.cli.remote.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Round trips and what is made of them, by commands against a real node. */
class GeographyCommandTest extends RemoteCommandTest {

    private static final String MATRIX = """
            from,to,rtt_ms,spread_ms,samples,age_seconds
            asia,us-east-1,220,1,30,0
            asia,ap-southeast-1,30,1,30,0
            203.0.113.0/24,us-east-1,95,1,30,0
            @53:13,us-east-1,101,1,30,0
            """;

    @BeforeAll
    static void measure() throws IOException {
        put(
                "rule put near",
                "{name: Near, algorithm: geographic, target_regions: [us-east-1, ap-southeast-1],"
                        + " health_check: {type: tcp, interval_ms: 600000}}");
        assertThat(run("latency import " + Files.writeString(files.resolve("matrix.csv"), MATRIX))
                        .code())
                .isZero();
    }

    private static void asians(String name) throws IOException {
        put(
                "geo put " + name,
                "{source_regions: [asia], target_regions: [us-east-1, ap-southeast-1], priority: 1,"
                        + " latency_threshold_ms: 20}");
    }

    @Test
    void roundTripsArePutInShownAndForgotten() throws IOException {
        Path file = Files.writeString(
                files.resolve("more.csv"), "from,to,rtt_ms\n198.51.100.0/24,us-east-1,44\n@13:101,us-east-1,180\n");
        JsonNode would = run("latency import --dry-run -o json " + file).json();
        assertThat(would.at("/round_trips").asInt()).isEqualTo(2);
        assertThat(run("latency show 198.51.100.0/24 -o json")
                        .json()
                        .at("/total")
                        .asInt())
                .isZero();

        Ran taken = run("latency import -o json " + file);
        assertThat(taken.json().at("/places").asInt()).as(taken.err()).isEqualTo(2);
        assertThat(run("latency show 198.51.100.0/24").out())
                .contains("ESTIMATE MS")
                .containsPattern("198\\.51\\.100\\.0/24 .* us-east-1 .* measured +44 ");
        assertThat(run("latency show @13:101 -o yaml").out()).contains("mean_ms: 180");
        assertThat(run("latency show --limit 1 -o json").json().at("/places").size())
                .isEqualTo(1);

        for (String place : List.of("198.51.100.0/24", "@13:101")) {
            assertThat(run("latency forget --dry-run " + place).out()).contains("DELETE /api/v1/latency-map/");
            Ran forgotten = run("latency forget " + place);
            assertThat(forgotten.code()).as(forgotten.err()).isZero();
            assertThat(run("latency forget " + place).code()).isEqualTo(Exit.UNKNOWN);
        }
    }

    @Test
    void whatIsExportedIsWhatImportReads() throws IOException {
        Path file = files.resolve("out.csv");
        assertThat(run("latency export " + file).code()).isZero();
        String csv = Files.readString(file);
        assertThat(csv)
                .startsWith("from,to,rtt_ms,spread_ms,samples,age_seconds\n")
                .contains("203.0.113.0/24,us-east-1,95,", "@53:13,us-east-1,101,", "asia,ap-southeast-1,30,");
        assertThat(run("latency export").out()).startsWith("from,to,rtt_ms");
        assertThat(run("latency export " + file).err()).contains("exists already");
        Ran again = run("latency import -o json " + file);
        assertThat(again.json().at("/round_trips").asLong())
                .as(again.err())
                .isEqualTo(csv.lines().count() - 1);
    }

    @Test
    void aWrongLineIsNamedAndNothingIsTaken() throws IOException {
        Path file = Files.writeString(
                files.resolve("wrong.csv"), "from,to,rtt_ms\nafrica,us-east-1,50\nafrica,eu-west-1,-1\n");
        Ran wrong = run("latency import " + file);
        assertThat(wrong.code()).isEqualTo(Exit.WRONG);
        assertThat(wrong.err()).hasLineCount(1).contains("wrong.csv: line 3: rtt_ms: '-1' (expected: 0.01 to 10000)");
        assertThat(run("latency export").out()).doesNotContain("africa");
        assertThat(run("latency import " + files.resolve("none.csv")).err()).contains("missing (expected: a file)");
        assertThat(run("latency show no/where").code()).isEqualTo(Exit.FAILED);
        assertThat(Ran.of("latency").code()).isEqualTo(Exit.WRONG);
        assertThat(Ran.of("geography").code()).isEqualTo(Exit.WRONG);
    }

    @Test
    void whereClientsWereSentIsShown() {
        assertThat(run("route near asia").code()).isZero();
        JsonNode traffic =
                run("geography traffic --area asia --limit 5 -o json").json();
        assertThat(traffic.at("/traffic/0/client_area").asText()).isEqualTo("asia");
        assertThat(traffic.at("/traffic/0/decisions").asInt()).isPositive();
        assertThat(run("geography traffic").out())
                .contains("ADDED MS")
                .containsPattern("asia +(ap-southeast|us-east)-1");
        assertThat(run("geography traffic --limit 0").err()).contains("limit: '0'");
    }

    @Test
    void theOptimiserIsAskedAppliedAndTakenBack() throws IOException {
        asians("asians");
        assertThat(run("geography recommendations").out()).contains("threshold_never_matches", "target_order");
        assertThat(run("geography performance asians").out()).containsPattern("ap-southeast-1 .* asia .* false");
        assertThat(run("geography performance asians -o json")
                        .json()
                        .at("/applies_to_rules/0")
                        .asText())
                .isEqualTo("near");
        assertThat(run("geography performance nobody").code()).isEqualTo(Exit.UNKNOWN);

        Ran shown = run("geography optimize asians");
        assertThat(shown.out()).as(shown.err()).contains("would be changed").contains("ap-southeast-1,us-east-1");
        assertThat(threshold("asians")).isEqualTo(20);
        JsonNode sent =
                run("geography optimize asians --apply --min-gain 7 --min-samples 21 --max-changes 3 --dry-run -o json")
                        .json();
        assertThat(sent.at("/body").toString())
                .isEqualTo(
                        "{\"dry_run\":false,\"rule_ids\":[\"asians\"],\"min_samples\":21.0,\"min_gain_ms\":7.0,\"max_changes\":3}");
        assertThat(threshold("asians")).isEqualTo(20);
        assertThat(run("geography optimize --max-changes 101").err()).contains("max_changes: 101");

        Ran applied = run("geography optimize asians --apply --author ada -o json", "--reason", "too far");
        String id = applied.json().at("/optimization_id").asText();
        assertThat(applied.code()).as(applied.err()).isZero();
        assertThat(threshold("asians")).isEqualTo(40);
        assertThat(run("history geo:asians").out()).contains("ada");
        Ran undone = run("geography undo " + id);
        assertThat(undone.code()).as(undone.err()).isZero();
        assertThat(undone.out()).contains("asians").contains("undo " + id);
        assertThat(threshold("asians")).isEqualTo(20);
        assertThat(run("geography undo " + id).code()).isEqualTo(Exit.UNKNOWN);
    }

    @Test
    void whatSomebodyChangedSinceIsRefusedWithACodeOfItsOwn() throws IOException {
        asians("kept");
        String id = run("geography optimize kept --apply -o json")
                .json()
                .at("/optimization_id")
                .asText();
        assertThat(run("geo set kept latency_threshold_ms=77").code()).isZero();
        Ran undone = run("geography undo " + id);
        assertThat(undone.code()).isEqualTo(Exit.FAILED);
        assertThat(undone.out()).contains("changed since by someone else");
        assertThat(threshold("kept")).isEqualTo(77);
    }

    private static double threshold(String rule) {
        return run("geo get " + rule + " -o json")
                .json()
                .at("/latency_threshold_ms")
                .asDouble();
    }
}
