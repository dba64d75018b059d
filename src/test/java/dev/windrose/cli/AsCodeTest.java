package dev.windrose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.cli.remote.Exit;
import dev.windrose.document.YamlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Definitions from files, against a real node. */
class AsCodeTest extends RemoteCommandTest {

    private static Path directory(String name) throws IOException {
        return Files.createDirectories(files.resolve(name));
    }

    private static String rule(String name, String region, String more) {
        return """
                ---
                kind: rule
                spec:
                  rule_id: %s
                  name: Rule %s
                  algorithm: weighted_round_robin
                  target_regions: [%s, us-east-1, ap-southeast-1]
                  health_check: {type: tcp, interval_ms: 600000}
                %s
                """.formatted(name, name, region, more.indent(2));
    }

    private static String region(String name) {
        return "---\nkind: region\nspec: {region_id: " + name + ", endpoints: ['http://127.0.0.1:9109']}\n";
    }

    private static int changes(String definition) {
        return run("history " + definition + " -o json")
                .json()
                .at("/total_changes")
                .asInt();
    }

    @Test
    void aSecondPlanIsEmptyAndASecondApplyWritesNothing() throws IOException {
        Path set = directory("twice");
        Files.writeString(
                set.resolve("a.yaml"),
                // The rule comes first in the file, and its region is made first all the same.
                rule(
                                "twice",
                                "lab-1",
                                "weights: {lab-1: 1, us-east-1: 1, ap-southeast-1: 1}\n"
                                        + "monitors: {login: {path: /login, must_be_healthy: true}}\nsafety: {min_regions: 2}")
                        + region("lab-1")
                        + "---\nkind: geographic_rule\nspec: {rule_id: twice-near, source_regions: [Lab], target_regions: [lab-1], applies_to: twice}\n");
        String line = "-f " + set + " --set twice";
        Ran plan = run("plan --exit-code " + line);
        assertThat(plan.code()).as(plan.err()).isEqualTo(Exit.DIFFERENT);
        assertThat(plan.out()).containsSubsequence("+ region:lab-1", "+ rule:twice", "+ geo:twice-near");
        assertThat(run("rule get twice").code()).isEqualTo(Exit.UNKNOWN);

        Ran applied = run("apply " + line);
        assertThat(applied.out()).as(applied.err()).contains("3 changed, 0 as they were");
        Ran again = run("plan --exit-code " + line);
        assertThat(again.code()).isZero();
        assertThat(again.out()).isEqualTo("no differences\n");
        assertThat(run("apply " + line).out()).contains("0 changed, 3 as they were");
        assertThat(changes("rule:twice")).isEqualTo(1);
        assertThat(run("rule get twice -o json").json().at("/managed_by").asText())
                .isEqualTo("twice");
    }

    @Test
    void fieldsOfFilesAreHeldAndThoseOfOthersStay() throws IOException {
        Path set = directory("fields");
        Files.writeString(set.resolve("a.yaml"), rule("fields", "eu-west-1", "fallback: fail_closed"));
        String line = "-f " + set + " --set fields";
        assertThat(run("apply " + line).code()).isZero();
        assertThat(run("rule set fields session_affinity=true fallback=fail_open")
                        .code())
                .isZero();
        assertThat(run("plan " + line).out())
                .contains("~ rule:fields")
                .contains("fallback: \"fail_open\" -> \"fail_closed\"   (changed by someone else)")
                .doesNotContain("session_affinity");
        Files.writeString(set.resolve("a.yaml"), rule("fields", "eu-west-1", "status: paused"));
        assertThat(run("apply " + line).code()).isZero();
        JsonNode now = run("rule get fields -o json").json();
        assertThat(now.at("/fallback").asText()).isEqualTo("fail_open");
        assertThat(now.at("/session_affinity").asBoolean()).isTrue();
        assertThat(now.at("/status").asText()).isEqualTo("paused");
        assertThat(run("plan --exit-code " + line).code()).isZero();
    }

    @Test
    void prunesOnlyWhatItOwnsAndTakesNothingFromOthers() throws IOException {
        Path mine = directory("mine");
        Files.writeString(
                mine.resolve("a.yaml"), region("lab-2") + rule("mine-a", "lab-2", "") + rule("mine-b", "lab-2", ""));
        Path theirs = directory("theirs");
        Files.writeString(theirs.resolve("a.yaml"), rule("theirs", "eu-west-1", ""));
        assertThat(run("apply -f " + mine + " --set mine").code()).isZero();
        assertThat(run("apply -f " + theirs + " --set theirs").code()).isZero();
        Ran stolen = run("plan -f " + theirs + " --set mine");
        assertThat(stolen.code()).isEqualTo(Exit.FAILED);
        assertThat(stolen.err()).contains("rule:theirs: belongs to 'theirs'");

        Files.writeString(mine.resolve("a.yaml"), region("lab-2") + rule("mine-a", "lab-2", ""));
        assertThat(run("apply -f " + mine + " --set mine").code()).isZero();
        assertThat(run("rule get mine-b").code()).isZero();
        assertThat(run("apply -f " + mine + " --set mine --prune").out()).contains("- rule:mine-b");
        assertThat(run("rule get mine-b").code()).isEqualTo(Exit.UNKNOWN);
        assertThat(run("rule get theirs").code()).isZero();
        // The region would go first, were it not removed the other way round.
        Files.writeString(mine.resolve("a.yaml"), rule("mine-c", "eu-west-1", ""));
        Ran last = run("apply -f " + mine + " --set mine --prune");
        assertThat(last.out()).as(last.err()).containsSubsequence("+ rule:mine-c", "- rule:mine-a", "- region:lab-2");
    }

    @Test
    void aSetOfWhichAnyPartCannotBeIsRefusedWhole() throws IOException {
        Path set = directory("half");
        Files.writeString(set.resolve("good.yaml"), rule("half-good", "eu-west-1", ""));
        Files.writeString(set.resolve("bad.yaml"), rule("half-bad", "eu-west-1", "algorithm_: priority"));
        Ran misspelt = run("apply -f " + set);
        assertThat(misspelt.code()).isEqualTo(Exit.WRONG);
        assertThat(misspelt.err()).contains("bad.yaml: spec.algorithm_: unknown field");
        Files.writeString(set.resolve("bad.yaml"), rule("half-bad", "no-such-region", ""));
        Ran unknown = run("apply -f " + set);
        assertThat(unknown.code()).isEqualTo(Exit.FAILED);
        assertThat(unknown.err()).contains("rule:half-bad: target_regions: 'no-such-region'");
        Files.writeString(set.resolve("bad.yaml"), rule("half-bad", "eu-west-1", "safety: {min_regions: 9}"));
        assertThat(run("apply -f " + set).err()).contains("rule:half-bad: safety.min_regions: 9");
        Files.writeString(set.resolve("bad.yaml"), "kind: rule\nspec: {a: [");
        assertThat(run("apply -f " + set).err()).contains("bad.yaml: yaml:");
        assertThat(run("rule get half-good").code()).isEqualTo(Exit.UNKNOWN);
    }

    /** An apply is a call for each definition: whatever was done when it ended, the next one does the rest. */
    @Test
    void brokenOffAtAnyPointAndAppliedAgainItConvergesAndNothingIsDoubled() throws IOException {
        Path set = directory("broken");
        StringBuilder all = new StringBuilder(region("lab-3"));
        for (int i = 0; i < 6; i++) {
            all.append(rule("broken-" + i, "lab-3", "weights: {lab-3: " + i + ", us-east-1: 1}"));
        }
        String whole = all.toString();
        for (int done = 0; done <= 6; done++) {
            // What a process killed after so many calls has left behind.
            StringBuilder part = new StringBuilder(region("lab-3"));
            for (int i = 0; i < done; i++) {
                part.append(rule("broken-" + i, "lab-3", "weights: {lab-3: " + i + ", us-east-1: 1}"));
            }
            Files.writeString(set.resolve("a.yaml"), part.toString());
            Ran begun = run("apply -f " + set + " --set broken");
            assertThat(begun.code()).as(begun.out() + begun.err()).isZero();
            Files.writeString(set.resolve("a.yaml"), whole);
            Ran rest = run("apply -f " + set + " --set broken");
            assertThat(rest.out()).as(rest.err()).contains(6 - done + " changed, " + (done + 1) + " as they were");
            assertThat(run("plan --exit-code -f " + set + " --set broken").code())
                    .isZero();
            for (int i = 0; i < 6; i++) {
                // A creation for each round, and a removal for each round before.
                assertThat(changes("rule:broken-" + i)).isEqualTo(1 + 2 * done);
                assertThat(run("rule delete broken-" + i).code()).isZero();
            }
        }
    }

    @Test
    void whatIsExportedIsWhatApplyReads() throws IOException {
        Path set = directory("first");
        Files.writeString(
                set.resolve("a.yaml"),
                region("lab-4")
                        + rule(
                                "export",
                                "lab-4",
                                "weights: {lab-4: 7, us-east-1: 2, ap-southeast-1: 2.5}\n"
                                        + "fallback: fail_closed\nmonitors: {m: {path: /m}}\nhealth_policy: {panic_below: 0.4}"));
        assertThat(run("apply -f " + set + " --set exported").code()).isZero();
        Path out = files.resolve("exported");
        Ran exported = run("export --set exported -d " + out);
        assertThat(exported.code()).as(exported.err()).isZero();
        assertThat(Files.readString(out.resolve("rules/export.yaml")))
                .contains("fail_closed")
                .doesNotContain("managed_by");
        Ran stdout = run("export --set exported");
        assertThat(stdout.out()).contains("---\nkind: region");
        // Taken over by the files that were written: nothing but the notes of what they name differs.
        assertThat(run("apply -f " + out + " --set exported").code()).isZero();
        assertThat(run("plan --exit-code -f " + out + " --set exported").code()).isZero();
        assertThat(run("export --set exported").out()).isEqualTo(stdout.out());

        assertThat(run("rule delete export").code()).isZero();
        assertThat(run("apply -f " + out + " --set exported").out()).contains("1 changed");
        assertThat(run("export --set exported").out()).isEqualTo(stdout.out());
    }

    @Test
    void whereClientsMayBeServedAndHowRoundTripsChooseAreDefinitionsLikeOthers() throws IOException {
        Path set = directory("bound");
        Files.writeString(
                set.resolve("a.yaml"),
                rule(
                        "bound",
                        "eu-west-1",
                        "residency: {Europe: [eu-west-1], '*': [us-east-1, eu-west-1]}\n"
                                + "latency_policy: {window_ms: 20, explore: 0.05}"));
        String line = "-f " + set + " --set bound";
        assertThat(run("apply " + line).code()).isZero();
        assertThat(run("plan --exit-code " + line).code()).isZero();
        Path out = files.resolve("bound-exported");
        Ran before = run("export --set bound");
        assertThat(run("export --set bound -d " + out).code()).isZero();
        JsonNode spec = YamlText.documents(Files.readString(out.resolve("rules/bound.yaml")))
                .get(0)
                .path("spec");
        assertThat(spec.path("residency").toString())
                .isEqualTo("{\"*\":[\"eu-west-1\",\"us-east-1\"],\"europe\":[\"eu-west-1\"]}");
        assertThat(spec.at("/latency_policy/window_ms").asDouble()).isEqualTo(20);
        assertThat(spec.at("/latency_policy/explore").asDouble()).isEqualTo(0.05);
        Ran planned = run("plan --exit-code -f " + out + " --set bound");
        assertThat(planned.out()).isEqualTo("no differences\n");
        assertThat(planned.code()).isZero();

        assertThat(run("rule delete bound").code()).isZero();
        assertThat(run("apply -f " + out + " --set bound").out()).contains("1 changed");
        assertThat(run("export --set bound").out()).isEqualTo(before.out());

        Files.writeString(
                set.resolve("a.yaml"), rule("bound", "eu-west-1", "residency: {}\nlatency_policy: {explore: 0}"));
        assertThat(run("plan " + line).out()).contains("residency").contains("latency_policy");
        assertThat(run("apply " + line).code()).isZero();
        assertThat(run("plan --exit-code " + line).code()).isZero();
        JsonNode now = run("rule get bound -o json").json();
        assertThat(now.path("residency").isEmpty()).isTrue();
        assertThat(now.path("latency_policy").toString()).isEqualTo("{\"explore\":0.0}");
        assertThat(run("export --set bound").out()).doesNotContain("residency");

        Files.writeString(set.resolve("a.yaml"), rule("bound", "eu-west-1", "residency: {europe: []}"));
        assertThat(run("plan " + line).err()).contains("residency.europe: [] (expected: at least one region)");
        Files.writeString(set.resolve("a.yaml"), rule("bound", "eu-west-1", "latency_policy: {explore: 0.6}"));
        assertThat(run("plan " + line).err()).contains("spec.latency_policy.explore: 0.6 (expected: at most 0.5)");
    }

    @Test
    void theSchemaOfManifestsIsPrintedAndTheOneThatIsShipped() throws IOException {
        Ran schema = Ran.of("schema");
        Path shipped = Path.of("deploy/schema/manifest.schema.json");
        if (Boolean.getBoolean("windrose.golden.write")) {
            Files.writeString(shipped, schema.out());
        }
        assertThat(schema.out()).isEqualTo(Files.readString(shipped));
        assertThat(schema.json().at("/oneOf/1/properties/kind/const").asText()).isEqualTo("rule");
        assertThat(schema.json().at("/$defs/NewRule/properties/name/maxLength").asInt())
                .isEqualTo(200);
    }
}
