package dev.windrose.boot.settings;

import com.typesafe.config.Config;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One reading of all sections. Records which keys were read, so that a test can find declared keys that are never read.
 */
final class SectionReader {

    private final MergedSettings merged;
    private final boolean dev;
    private final Map<Section<?>, Object> values = new HashMap<>();
    private final Set<String> keys = new TreeSet<>();

    /** @param dev whether the node runs without authentication */
    SectionReader(MergedSettings merged, boolean dev) {
        this.merged = merged;
        this.dev = dev;
    }

    /** The values of a section; read on first use. */
    <S> S of(Section<S> section) {
        Object read = values.get(section);
        if (read == null) {
            S fresh = section.read(new SettingsReader(this));
            values.put(section, fresh);
            return fresh;
        }
        return Settings.typed(section, read);
    }

    /** All values read, by section. */
    Map<Section<?>, Object> values() {
        return values;
    }

    /** The full keys that were read. */
    Set<String> keys() {
        return keys;
    }

    void reads(String key) {
        keys.add(key);
    }

    boolean dev() {
        return dev;
    }

    Config config() {
        return merged.config();
    }

    String whereFrom(String path) {
        return merged.whereFrom(path);
    }
}
