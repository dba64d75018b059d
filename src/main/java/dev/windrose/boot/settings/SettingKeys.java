package dev.windrose.boot.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All settings as written in the files under {@code windrose/} on the class path: the key, the comment above it and the
 * environment variable that overrides it.
 *
 * <p>The files are read as text, because a parsed HOCON object no longer has the variable beside a key. They follow one
 * format: one key or one brace per line, lists on one line.
 */
final class SettingKeys {

    /** The serialization of messages and events: Akka's settings, in no section. */
    private static final String WIRE = "windrose/wire.conf";

    /**
     * One setting.
     *
     * @param path the full key, such as {@code windrose.node.region}
     * @param comment the sentences above the key; empty when there are none
     * @param environment the variable that overrides the key; null when there is none
     * @param file the file on the class path that declares the key
     */
    record Key(String path, String comment, @Nullable String environment, String file) {}

    private static final Pattern OPENS = Pattern.compile("([A-Za-z0-9_.\"-]+)\\s*[:=]?\\s*\\{");
    private static final Pattern OVERRIDES = Pattern.compile("([A-Za-z0-9_.\"-]+)\\s*[:=]\\s*\\$\\{\\?([A-Z0-9_]+)}");
    private static final Pattern SETS = Pattern.compile("([A-Za-z0-9_.\"-]+)\\s*(?:\\+?=|:).*");

    private final List<String> files;
    private final Map<String, Key> keys = new LinkedHashMap<>();

    /** The settings in the files of all sections, in their order. */
    static SettingKeys of(List<Section<?>> sections) {
        Set<String> files = new LinkedHashSet<>();
        sections.forEach(section -> files.add("windrose/" + section.file() + ".conf"));
        files.add(WIRE);
        SettingKeys read = new SettingKeys(files);
        files.forEach(file -> read.scan(file, text(file)));
        return read;
    }

    private SettingKeys(Set<String> files) {
        this.files = List.copyOf(files);
    }

    /** The files on the class path. */
    List<String> files() {
        return files;
    }

    Collection<Key> all() {
        return keys.values();
    }

    @Nullable
    Key find(String path) {
        return keys.get(path);
    }

    /** The values that {@code environment} gives to settings, by key. */
    Map<String, String> values(Map<String, String> environment) {
        Map<String, String> values = new LinkedHashMap<>();
        for (Key key : keys.values()) {
            String value = key.environment() == null ? null : environment.get(key.environment());
            if (value != null) {
                values.put(key.path(), value);
            }
        }
        return values;
    }

    private void scan(String file, String text) {
        Deque<String> open = new ArrayDeque<>();
        StringBuilder comment = new StringBuilder();
        for (String raw : text.lines().toList()) {
            String line = raw.strip();
            if (line.startsWith("#")) {
                comment.append(comment.length() == 0 ? "" : " ")
                        .append(line.substring(1).strip());
            } else {
                code(open, line, comment.toString(), file);
                comment.setLength(0);
            }
        }
    }

    private void code(Deque<String> open, String line, String comment, String file) {
        Matcher opens = OPENS.matcher(line);
        Matcher overrides = OVERRIDES.matcher(line);
        Matcher sets = SETS.matcher(line);
        if (line.equals("}")) {
            open.removeLast();
        } else if (opens.matches()) {
            open.addLast(opens.group(1));
        } else if (overrides.matches()) {
            overridden(path(open, overrides.group(1)), overrides.group(2), comment, file);
        } else if (sets.matches()) {
            String path = path(open, sets.group(1));
            if (path.startsWith(Settings.ROOT + ".")) {
                keys.putIfAbsent(path, new Key(path, comment, null, file));
            }
        }
    }

    private void overridden(String path, String variable, String comment, String file) {
        if (path.startsWith(Settings.ROOT + ".")) {
            Key declared = keys.get(path);
            String said = declared == null ? comment : declared.comment();
            keys.put(path, new Key(path, said, variable, file));
        }
    }

    private static String path(Deque<String> open, String key) {
        return (open.isEmpty() ? "" : String.join(".", open) + ".") + key;
    }

    private static String text(String resource) {
        try (InputStream in = SettingKeys.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + ": missing (expected: on the class path)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
