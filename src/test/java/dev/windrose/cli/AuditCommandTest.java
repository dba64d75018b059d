package dev.windrose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.cli.remote.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit of a real node, exported and verified by commands. */
class AuditCommandTest {

    @TempDir
    private Path files;

    @Test
    void whatIsExportedIsVerifiedAndWhatWasChangedAfterwardsIsFound() throws IOException, InterruptedException {
        Path region = Files.writeString(files.resolve("region.yaml"), "{capacity: 7}");
        Path export = files.resolve("audit.jsonl");
        Path seen = files.resolve("heads.txt");
        try (RealNode node = RealNode.start(files.resolve("data"), Map.of("windrose.http.page-size", "2"))) {
            for (String name : new String[] {"a", "b", "c", "d", "e"}) {
                assertThat(node.run("region put " + name, "-f", region.toString())
                                .code())
                        .isZero();
            }
            Ran exported = node.run("audit export");
            assertThat(exported.code()).as(exported.err()).isZero();
            assertThat(exported.out().lines()).hasSize(5);
            assertThat(node.run("audit export --chain nobody").code()).isEqualTo(Exit.UNKNOWN);
            Files.writeString(export, exported.out());
            Ran heads = node.run("audit heads");
            assertThat(heads.code()).as(heads.err()).isZero();
            Files.writeString(seen, heads.out());
        }

        Ran sound = Ran.of("audit verify -o json", export.toString());
        assertThat(sound.code()).as(sound.err()).isZero();
        assertThat(sound.json().path("entries").asInt()).isEqualTo(5);
        assertThat(sound.json().path("chains")).hasSize(1);
        assertThat(sound.json().path("chains").elements().next().path("first").asInt())
                .isEqualTo(1);
        assertThat(sound.json().path("chains").elements().next().path("last").asInt())
                .isEqualTo(5);
        assertThat(Ran.of("audit verify", export.toString(), "--heads", seen.toString())
                        .code())
                .isZero();
        assertThat(Ran.of(
                                "audit verify",
                                export.toString(),
                                "--head",
                                Files.readString(seen).strip())
                        .code())
                .isZero();

        String whole = Files.readString(export);
        Files.writeString(export, String.join("\n", whole.lines().limit(4).toList()) + "\n");
        assertThat(Ran.of("audit verify", export.toString()).code()).isZero();
        Ran cut = Ran.of("audit verify -o json", export.toString(), "--heads", seen.toString());
        assertThat(cut.code()).isEqualTo(Exit.FAILED);
        assertThat(cut.json().path("wrong").asText()).contains("entry 5").contains("ends with entry 4");

        Files.writeString(export, "");
        assertThat(Ran.of("audit verify", export.toString()).code()).isEqualTo(Exit.EMPTY);

        Files.writeString(export, whole.replaceFirst("region:c", "region:x"));
        Ran changed = Ran.of("audit verify -o json", export.toString());
        assertThat(changed.code()).isEqualTo(Exit.FAILED);
        assertThat(changed.json().path("wrong").asText()).contains("entry 3").contains("was altered");

        assertThat(Ran.of("audit verify", files.resolve("none").toString()).code())
                .isEqualTo(Exit.WRONG);
    }
}
