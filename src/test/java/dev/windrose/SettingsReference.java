package dev.windrose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The reference of settings, made from the comments in {@code windrose/*.conf}. The files are read as text, because a parsed
 * HOCON object no longer knows which variable stood beside a key.
 */
final class SettingsReference {

    static final Path FILE = Path.of("docs/reference/settings.md");

    private static final Path RESOURCES = Path.of("src/main/resources");
    private static final Pattern INCLUDE = Pattern.compile("include \"(windrose/(\\w+)\\.conf)\"");
    private static final Pattern OPENS = Pattern.compile("([A-Za-z0-9_.-]+)\\s*\\{");
    private static final Pattern OVERRIDES = Pattern.compile("[A-Za-z0-9_.-]+\\s*=\\s*\\$\\{\\?([A-Z0-9_]+)}");
    private static final Pattern SETS = Pattern.compile("([A-Za-z0-9_.-]+)\\s*=\\s*(.*)");

    private static final String HEAD = """
            # Settings

            <!-- Written by DocumentsTest from src/main/resources/windrose/*.conf: edit the comments there, then run
            mvn test -Dtest=DocumentsTest -Dwindrose.golden.write=true -->

            Every setting with its default, range and environment variable. A value is taken from, in this order: `--set KEY=VALUE`,
            the environment variable, the file that `--config` names, the default. An invalid value stops the start with exit code 2
            and one line that names key, value and what was expected. `windrose config check` prints the settings in effect and
            where each was set; secrets are masked.

            Durations are written `500ms`, `10s`, `5m`, `1h`, `7d`; sizes `64 KiB`, `1 MiB`. A list can also be one text with commas.
            """;

    private final StringBuilder out = new StringBuilder(HEAD);
    private final Deque<String> open = new ArrayDeque<>();
    private final List<String> comment = new ArrayList<>();

    /** What {@link #FILE} should hold. */
    static String document() throws IOException {
        SettingsReference reference = new SettingsReference();
        Matcher include = INCLUDE.matcher(Files.readString(RESOURCES.resolve("reference.conf")));
        while (include.find()) {
            String text = Files.readString(RESOURCES.resolve(include.group(1)));
            if (text.contains("windrose.")) {
                reference.file(include.group(2), text);
            }
        }
        return reference.out.toString();
    }

    private void file(String name, String text) {
        List<String> lines = text.lines().map(String::strip).toList();
        boolean titled = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            Matcher opens = OPENS.matcher(line);
            Matcher sets = SETS.matcher(line);
            if (line.startsWith("#")) {
                comment.add(line.substring(1).strip());
            } else if (opens.matches()) {
                open.addLast(opens.group(1));
                if (open.size() == 1 && open.getFirst().startsWith("windrose")) {
                    title(titled ? open.getFirst() : name);
                    titled = true;
                }
                comment.clear();
            } else if (line.equals("}")) {
                open.removeLast();
            } else if (sets.matches()) {
                if (open.getFirst().startsWith("windrose")) {
                    setting(sets, i + 1 < lines.size() ? lines.get(i + 1) : "");
                }
                comment.clear();
            }
        }
    }

    private void title(String name) {
        out.append("\n## ").append(name).append("\n");
        if (!comment.isEmpty()) {
            out.append("\n").append(String.join("\n", comment)).append("\n");
        }
    }

    private void setting(Matcher sets, String next) {
        Matcher overrides = OVERRIDES.matcher(next);
        if (sets.group(2).startsWith("${?")) {
            return;
        }
        String path = String.join(".", open) + "." + sets.group(1);
        out.append("\n### `")
                .append(path)
                .append("`\n\n")
                .append("Default: `")
                .append(sets.group(2))
                .append("`");
        if (overrides.matches()) {
            out.append(" · `").append(overrides.group(1)).append("`");
        }
        out.append("\n\n").append(String.join("\n", comment)).append("\n");
    }

    private SettingsReference() {}
}
