package dev.windrose.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.document.ManifestSchema;
import dev.windrose.document.YamlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Definitions as files: YAML or JSON documents of {@code kind} and {@code spec}, in files or directories of files. */
public final class Manifests {

    private static final int FILES_AT_MOST = 10_000;
    private static final int PROBLEMS_TOLD = 20;

    /**
     * All definitions of the files, in the order in which they can be made: regions, rules, geographic rules. What is wrong
     * in any file refuses all, with every fault named by its file.
     */
    public static ArrayNode read(List<Path> paths) {
        Map<String, ObjectNode> all = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (Path file : files(paths)) {
            try {
                List<JsonNode> documents = YamlText.documents(Files.readString(file));
                for (int i = 0; i < documents.size(); i++) {
                    add(documents.get(i), file + (documents.size() == 1 ? "" : "#" + (i + 1)), all, problems);
                }
            } catch (IOException | IllegalArgumentException e) {
                problems.add(file + ": " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            int more = problems.size() - PROBLEMS_TOLD;
            throw Failure.wrong(String.join(
                            System.lineSeparator(), problems.subList(0, Math.min(PROBLEMS_TOLD, problems.size())))
                    + (more > 0 ? System.lineSeparator() + "and " + more + " more" : ""));
        }
        ArrayNode ordered = JsonNodeFactory.instance.arrayNode();
        for (String kind : List.of("region", "rule", "geographic_rule")) {
            all.values().stream()
                    .filter(each -> each.path("kind").asText().equals(kind))
                    .forEach(ordered::add);
        }
        return ordered;
    }

    private static void add(JsonNode document, String where, Map<String, ObjectNode> all, List<String> problems) {
        List<String> wrong = ManifestSchema.problems(document);
        if (!wrong.isEmpty() || !(document instanceof ObjectNode object)) {
            wrong.forEach(problem -> problems.add(where + ": " + problem));
            return;
        }
        if (all.put(name(object), object) != null) {
            problems.add(where + ": " + name(object) + " is defined in another document as well (expected: once)");
        }
    }

    /** Kind and name of one, such as {@code rule:web}. */
    public static String name(JsonNode manifest) {
        String kind = manifest.path("kind").asText();
        JsonNode spec = manifest.path("spec");
        return (kind.equals("geographic_rule") ? "geo" : kind) + ":"
                + spec.path(kind.equals("region") ? "region_id" : "rule_id").asText();
    }

    private static List<Path> files(List<Path> paths) {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                try (Stream<Path> inside = Files.walk(path)) {
                    inside.filter(Files::isRegularFile)
                            .filter(file -> file.toString().matches(".*\\.(yaml|yml|json)"))
                            .sorted()
                            .forEach(files::add);
                } catch (IOException e) {
                    throw Failure.wrong(path + ": " + e.getMessage() + " (expected: a readable directory)");
                }
            } else if (Files.isRegularFile(path)) {
                files.add(path);
            } else {
                throw Failure.wrong(path + ": missing (expected: a file or a directory)");
            }
        }
        if (files.isEmpty() || files.size() > FILES_AT_MOST) {
            throw Failure.wrong("files: " + files.size() + " (expected: 1 to " + FILES_AT_MOST
                    + " that end in .yaml, .yml or .json)");
        }
        return files;
    }

    private Manifests() {}
}
