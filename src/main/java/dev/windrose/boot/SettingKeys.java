package dev.windrose.boot;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Every setting there is, as written in the files under {@code windrose/} on the class path: its key, the comment above
 * it and the environment variable that overrides it.
 *
 * <p>The files are read as text, because a parsed HOCON object no longer knows which variable stood beside a key. They
 * keep to one form: one key or one brace per line, lists on one line.
 */
public final class SettingKeys {

    /** The files that hold settings, in the order in which a reader wants them. */
    public static final List<String> FILES = List.of("node", "http", "health", "table", "rule", "wire");

    /**
     * One setting.
     *
     * @param path the whole key, such as {@code windrose.node.region}
     * @param comment the sentences above the key; empty when there are none
     * @param environment the variable that overrides the key; null when there is none
     * @param file the file on the class path that declares the key
     */
    public record Key(String path, String comment, @Nullable String environment, String file) {}

    private static final Pattern OPENS = Pattern.compile("([A-Za-z0-9_.\"-]+)\\s*[:=]?\\s*\\{");
    private static final Pattern OVERRIDES = Pattern.compile("([A-Za-z0-9_.\"-]+)\\s*[:=]\\s*\\$\\{\\?([A-Z0-9_]+)}");
    private static final Pattern SETS = Pattern.compile("([A-Za-z0-9_.\"-]+)\\s*(?:\\+?=|:).*");

    private final Map<String, Key> keys = new LinkedHashMap<>();

    /** The settings of all files that are there. */
    public static SettingKeys read() {
        SettingKeys read = new SettingKeys();
        for (String name : FILES) {
            String file = "windrose/" + name + ".conf";
            String text = text(file);
            if (text != null) {
                read.scan(file, text);
            }
        }
        return read;
    }

    /** The settings of one text; for tests. */
    static SettingKeys of(String file, String text) {
        SettingKeys read = new SettingKeys();
        read.scan(file, text);
        return read;
    }

    private SettingKeys() {}

    public Collection<Key> all() {
        return keys.values();
    }

    public @Nullable Key find(String path) {
        return keys.get(path);
    }

    /** The values that {@code environment} gives to settings, by key. */
    public Map<String, String> values(Map<String, String> environment) {
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
        for (String raw : text.split("\n")) {
            String line = raw.strip();
            Matcher matcher;
            if (line.startsWith("#")) {
                comment.append(comment.length() == 0 ? "" : " ")
                        .append(line.substring(1).strip());
            } else if (line.isEmpty()) {
                comment.setLength(0);
            } else if (line.equals("}")) {
                open.removeLast();
                comment.setLength(0);
            } else if ((matcher = OPENS.matcher(line)).matches()) {
                open.addLast(matcher.group(1));
                comment.setLength(0);
            } else if ((matcher = OVERRIDES.matcher(line)).matches()) {
                overridden(path(open, matcher.group(1)), matcher.group(2), comment.toString(), file);
                comment.setLength(0);
            } else if ((matcher = SETS.matcher(line)).matches()) {
                String path = path(open, matcher.group(1));
                String said = comment.toString();
                if (path.startsWith(Settings.ROOT + ".")) {
                    keys.putIfAbsent(path, new Key(path, said, null, file));
                }
                comment.setLength(0);
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

    static @Nullable String text(String resource) {
        try (InputStream in = SettingKeys.class.getClassLoader().getResourceAsStream(resource)) {
            return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
