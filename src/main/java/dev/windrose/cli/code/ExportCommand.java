package dev.windrose.cli.code;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.windrose.cli.operate.Verb;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Failure;
import dev.windrose.cli.remote.Manifests;
import dev.windrose.cli.remote.Remote;
import dev.windrose.document.YamlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code windrose export}: everything that is defined, as {@code windrose apply} reads it. */
@Command(
        name = "export",
        description = {
            "Writes all definitions as manifests for `windrose apply`: to standard output, or one file each.",
            "Fields with their defaults are omitted; overrides, failovers and evacuations are not definitions."
        })
public final class ExportCommand extends Verb {

    private static final int PAGE = 500;

    @Option(names = "--set", paramLabel = "NAME", description = "Only what belongs to this set.")
    private @Nullable String set;

    @Option(
            names = {"-d", "--directory"},
            paramLabel = "DIRECTORY",
            description = "One file for each definition, by kind; existing files are not overwritten.")
    private @Nullable Path directory;

    @Override
    public Integer call() throws IOException {
        ArrayNode all = all(options.remote(), set);
        if (directory != null) {
            write(all, directory);
            return Exit.DONE;
        }
        for (JsonNode manifest : all) {
            out().print("---\n" + YamlText.of(manifest));
        }
        out().flush();
        return Exit.DONE;
    }

    private static ArrayNode all(Remote remote, @Nullable String set) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        String only = set == null ? "" : "&owner=" + Remote.part(set);
        int before = -1;
        while (all.size() % PAGE == 0 && all.size() != before) {
            before = all.size();
            remote.get("/api/v1/definitions?limit=" + PAGE + "&offset=" + before + only)
                    .body()
                    .path("definitions")
                    .forEach(all::add);
        }
        return all;
    }

    static void write(ArrayNode all, Path directory) throws IOException {
        for (JsonNode manifest : all) {
            Path file = file(directory, manifest);
            if (Files.exists(file)) {
                throw Failure.wrong(file + ": already exists (expected: an empty directory)");
            }
        }
        for (JsonNode manifest : all) {
            Path file = file(directory, manifest);
            Path parent = file.getParent();
            Files.createDirectories(parent == null ? directory : parent);
            Files.writeString(file, YamlText.of(manifest));
        }
    }

    private static Path file(Path directory, JsonNode manifest) {
        String[] name = Manifests.name(manifest).split(":", 2);
        return directory.resolve(name[0] + "s").resolve(name[1] + ".yaml");
    }
}
