package dev.windrose.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.document.YamlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The clusters that this person works with, by name, in {@code ~/.config/windrose/contexts.yaml}. Holds no secret: a token
 * is named by where it is, {@code env:NAME} or {@code file:PATH}.
 *
 * @param current the name of the one that is meant when none is said; empty for none
 */
public record Contexts(String current, Map<String, Context> all) {

    private static final Set<String> KEYS = Set.of("current", "contexts");
    private static final Set<String> KEYS_OF_ONE = Set.of("server", "token");
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";

    /**
     * One cluster.
     *
     * @param server address of a node's API, such as {@code https://windrose.example:8019}
     * @param token where the token is; empty for none
     */
    public record Context(String server, String token) {}

    public Contexts {
        all = new TreeMap<>(all);
    }

    /** Where the file is, by the environment: {@code WINDROSE_CONTEXTS}, else below {@code XDG_CONFIG_HOME} or home. */
    public static Path file(Map<String, String> environment) {
        String named = environment.get("WINDROSE_CONTEXTS");
        if (named != null) {
            return Path.of(named);
        }
        String config = environment.get("XDG_CONFIG_HOME");
        Path base = config == null || config.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", "."), ".config")
                : Path.of(config);
        return base.resolve("windrose").resolve("contexts.yaml");
    }

    /** What the file says; nothing when it is not there. */
    public static Contexts read(Path file) {
        if (!Files.exists(file)) {
            return new Contexts("", Map.of());
        }
        try {
            List<JsonNode> documents = YamlText.documents(Files.readString(file));
            return documents.isEmpty() ? new Contexts("", Map.of()) : of(documents.get(0), file);
        } catch (IOException | IllegalArgumentException e) {
            throw Failure.wrong(file + ": " + e.getMessage());
        }
    }

    private static Contexts of(JsonNode document, Path file) {
        only(document, KEYS, file.toString());
        Map<String, Context> all = new TreeMap<>();
        document.path("contexts").properties().forEach(entry -> {
            String where = file + ": contexts." + entry.getKey();
            requireName(entry.getKey());
            only(entry.getValue(), KEYS_OF_ONE, where);
            String token = entry.getValue().path("token").asText("");
            requireReference(token, where + ".token");
            String server = entry.getValue().path("server").asText("");
            all.put(entry.getKey(), new Context(server, token));
        });
        return new Contexts(document.path("current").asText(""), all);
    }

    private static void only(JsonNode object, Set<String> known, String where) {
        if (!object.isObject()) {
            throw Failure.wrong(where + ": " + object.getNodeType() + " (expected: an object)");
        }
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw Failure.wrong(where + ": '" + name + "' (expected: only "
                        + String.join(", ", new java.util.TreeSet<>(known)) + ")");
            }
        });
    }

    /** Refuses what cannot be the name of a context. */
    public static void requireName(String name) {
        if (!name.matches(NAME)) {
            throw Failure.wrong("context: '" + name + "' (expected: 1 to 63 of A-Z, a-z, 0-9, '.', '_', '-')");
        }
    }

    /** Refuses a token that is written out: the file is no place for a secret. */
    public static void requireReference(String token, String where) {
        if (!token.isEmpty() && !token.startsWith("env:") && !token.startsWith("file:")) {
            throw Failure.wrong(
                    where + ": a token in plain text (expected: env:NAME or file:PATH, where the token is)");
        }
    }

    /** The context of that name. */
    public Context named(String name) {
        Context context = all.get(name);
        if (context == null) {
            throw Failure.wrong("context: '" + name + "' (expected: "
                    + (all.isEmpty()
                            ? "one created with: windrose context set"
                            : "one of " + String.join(", ", all.keySet()))
                    + ")");
        }
        return context;
    }

    /** The token that a reference leads to; null when it is empty. */
    static @Nullable String token(String reference, Map<String, String> environment) {
        if (reference.startsWith("env:")) {
            String name = reference.substring(4);
            String token = environment.get(name);
            if (token == null || token.isEmpty()) {
                throw Failure.wrong("token: $" + name + " is not set (expected: the token of this context)");
            }
            return token;
        }
        if (reference.startsWith("file:")) {
            Path file = Path.of(reference.substring(5));
            try {
                return Files.readString(file).strip();
            } catch (IOException e) {
                throw Failure.wrong("token: " + file + " cannot be read (expected: a file with the token)");
            }
        }
        return null;
    }

    /** Writes the file whole; it is never half there. */
    public void write(Path file) throws IOException {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("current", current);
        ObjectNode contexts = document.putObject("contexts");
        all.forEach((name, context) -> {
            ObjectNode one = contexts.putObject(name);
            one.put("server", context.server());
            if (!context.token().isEmpty()) {
                one.put("token", context.token());
            }
        });
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw Failure.wrong("contexts: " + file + " (expected: a file in a directory)");
        }
        Files.createDirectories(directory);
        Path fresh = Files.createTempFile(directory, "contexts", ".tmp");
        Files.writeString(fresh, YamlText.of(document));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
