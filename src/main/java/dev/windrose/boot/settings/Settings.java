package dev.windrose.boot.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.windrose.model.Masked;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a node, validated: the values of every {@link Section}.
 *
 * <p>Order of precedence: {@code --region} and {@code --set}, the environment, the file of {@code --config}, the
 * defaults on the class path.
 */
public final class Settings {

    /** The root of Windrose's own keys. */
    static final String ROOT = "windrose";

    private static final Pattern SECRET = Pattern.compile("(?i).*(password|secret|token|credential|break-glass).*");

    /**
     * The sources of settings.
     *
     * @param file the file of {@code --config}, or null
     * @param sets full keys and values from the command line
     * @param environment the variables of the process
     */
    public record Sources(@Nullable Path file, Map<String, String> sets, Map<String, String> environment) {

        public Sources {
            sets = Map.copyOf(sets);
            environment = Map.copyOf(environment);
        }
    }

    /**
     * One setting in effect.
     *
     * @param value for display; secrets are hidden
     * @param from the source of it; empty for the default
     */
    public record Effective(String path, String value, String from) {}

    private final MergedSettings merged;
    private final Map<Section<?>, Object> values;
    private final Set<String> keysRead;

    /**
     * Reads and validates every section.
     *
     * @param dev whether the node runs without authentication and listens on loopback only
     * @param sections all of them, in the order of display
     * @throws WrongSetting with one line, for the first invalid setting
     */
    public static Settings load(Sources sources, boolean dev, List<Section<?>> sections) {
        MergedSettings merged = MergedSettings.of(sources, SettingKeys.of(sections));
        SectionReader reading = new SectionReader(merged, dev);
        sections.forEach(reading::of);
        return new Settings(merged, reading.values(), reading.keys());
    }

    private Settings(MergedSettings merged, Map<Section<?>, Object> values, Set<String> keysRead) {
        this.merged = merged;
        this.values = Map.copyOf(values);
        this.keysRead = Set.copyOf(keysRead);
    }

    /** The values of a section. */
    public <S> S of(Section<S> section) {
        Object read = values.get(section);
        if (read == null) {
            throw new IllegalArgumentException(section + ": not read (expected: a section of a part of the node)");
        }
        return typed(section, read);
    }

    @SuppressWarnings("unchecked") // A section is in the map with what it has read itself.
    static <S> S typed(Section<S> section, Object read) {
        return (S) read;
    }

    /** The identity of this node. */
    public NodeSettings node() {
        return of(NodeSettings.NODE);
    }

    /**
     * The configuration of one actor system: what a user set, then {@code file}, then the defaults.
     *
     * @param file on the class path
     * @param own values derived from the settings, which cannot be set otherwise
     */
    public Config akka(String file, Map<String, Object> own) {
        Config system = ConfigFactory.parseResources(Settings.class.getClassLoader(), file);
        return ConfigFactory.parseMap(own, "windrose")
                .withFallback(merged.given())
                .withFallback(system)
                .withFallback(merged.config())
                .resolve();
    }

    /** All settings; for tests. */
    SettingKeys keys() {
        return merged.keys();
    }

    /** The keys that were read; for the test that finds unread settings. */
    Set<String> keysRead() {
        return keysRead;
    }

    /** Every setting, by key. */
    public List<Effective> effective() {
        Config config = merged.config();
        Map<String, Effective> all = new TreeMap<>();
        for (SettingKeys.Key key : merged.keys().all()) {
            String value = config.hasPathOrNull(key.path()) && !config.getIsNull(key.path())
                    ? config.getValue(key.path()).render()
                    : "";
            all.put(key.path(), new Effective(key.path(), shown(key.path(), value), merged.whereFrom(key.path())));
        }
        return List.copyOf(all.values());
    }

    /** The displayable part of a value. */
    static String shown(String path, String value) {
        if (SECRET.matcher(path).matches() && !value.isEmpty() && !value.equals("\"\"")) {
            return "(hidden)";
        }
        String masked = Masked.of(value);
        return masked.length() <= 200 ? masked : masked.substring(0, 200) + "...";
    }
}
