package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.cli.remote.EditOptions;
import dev.windrose.cli.remote.Failure;
import dev.windrose.document.YamlText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes or replaces one definition by a file. */
@Command(
        name = "put",
        description = "Creates or replaces one from a file; fields that the file does not name get their defaults.")
final class PutVerb extends Verb {

    private final Noun noun;

    @Mixin
    private EditOptions edit = new EditOptions();

    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "YAML or JSON with the fields of the API; - for standard input.")
    private Path file = Path.of("-");

    PutVerb(Noun noun) {
        this.noun = noun;
    }

    @Override
    public Integer call() throws IOException {
        String text = file.toString().equals("-")
                ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                : Files.readString(file);
        List<JsonNode> documents;
        try {
            documents = YamlText.documents(text);
        } catch (IllegalArgumentException e) {
            throw Failure.wrong(file + ": " + e.getMessage());
        }
        if (documents.size() != 1) {
            throw Failure.wrong(file + ": " + documents.size() + " documents (expected: one)");
        }
        return edit.send(options, out(), "PUT", noun.path(name), documents.get(0));
    }
}
