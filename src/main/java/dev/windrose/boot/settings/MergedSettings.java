package dev.windrose.boot.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The merged settings of all sources, and the source of each. */
final class MergedSettings {

    private final SettingKeys keys;
    private final Settings.Sources sources;
    private final Map<String, String> variables;
    private final Config given;
    private final Config config;

    /** @throws WrongSetting when a source cannot be read, or names an unknown setting */
    static MergedSettings of(Settings.Sources sources, SettingKeys keys) {
        Map<String, String> variables = keys.values(sources.environment());
        Config given = ConfigFactory.parseMap(sources.sets(), "--set")
                .withFallback(ConfigFactory.parseMap(variables, "environment"))
                .withFallback(file(sources.file()));
        MergedSettings merged = new MergedSettings(keys, sources, variables, given, merged(given, keys));
        merged.refuseUnknownKeys();
        return merged;
    }

    private MergedSettings(
            SettingKeys keys, Settings.Sources sources, Map<String, String> variables, Config given, Config config) {
        this.keys = keys;
        this.sources = sources;
        this.variables = variables;
        this.given = given;
        this.config = config;
    }

    /** Everything, the defaults included. */
    Config config() {
        return config;
    }

    /** What a user set. */
    Config given() {
        return given;
    }

    SettingKeys keys() {
        return keys;
    }

    private static Config merged(Config given, SettingKeys keys) {
        Config own = ConfigFactory.empty();
        for (String file : keys.files()) {
            own = own.withFallback(ConfigFactory.parseResources(Settings.class.getClassLoader(), file));
        }
        try {
            return given.withFallback(own)
                    .withFallback(ConfigFactory.defaultReferenceUnresolved(Settings.class.getClassLoader()))
                    .resolve();
        } catch (ConfigException.UnresolvedSubstitution e) {
            throw new WrongSetting(oneLine(e) + " (expected: every ${...} names a key or variable that is set)");
        } catch (ConfigException e) {
            throw new WrongSetting(oneLine(e));
        }
    }

    private static Config file(@Nullable Path path) {
        if (path == null) {
            return ConfigFactory.empty();
        }
        File file = path.toFile();
        if (!file.isFile() || !file.canRead()) {
            throw new WrongSetting("--config: " + path + " (expected: a readable file)");
        }
        try {
            return ConfigFactory.parseFile(file);
        } catch (ConfigException e) {
            throw new WrongSetting("--config: " + oneLine(e) + " (expected: HOCON, see conf/windrose.conf)");
        }
    }

    private void refuseUnknownKeys() {
        if (!config.hasPath(Settings.ROOT)) {
            return;
        }
        List<String> declared = keys.all().stream().map(SettingKeys.Key::path).toList();
        List<String> unknown = new ArrayList<>();
        for (Map.Entry<String, ConfigValue> entry :
                config.getConfig(Settings.ROOT).entrySet()) {
            String path = Settings.ROOT + "." + entry.getKey();
            if (!declared.contains(path)) {
                unknown.add(path);
            }
        }
        if (!unknown.isEmpty()) {
            String first = unknown.stream().min(String::compareTo).orElseThrow();
            String where = whereFrom(first);
            throw new WrongSetting(first + ": unknown setting (expected: " + ClosestMatch.to(first, declared)
                    + ", or another of `windrose config check`)" + (where.isEmpty() ? "" : ", set in " + where));
        }
    }

    /** The source of a key; empty for the default. */
    String whereFrom(String path) {
        if (sources.sets().containsKey(path)) {
            return path.equals("windrose.node.region") ? "--region" : "--set";
        }
        SettingKeys.Key key = keys.find(path);
        if (key != null && variables.containsKey(path)) {
            return "the environment, " + key.environment();
        }
        if (!config.hasPathOrNull(path) || config.getIsNull(path)) {
            return "";
        }
        ConfigOrigin origin = config.getValue(path).origin();
        return origin.filename() == null
                        || origin.resource() != null
                        || origin.filename().contains("windrose.jar")
                ? ""
                : origin.filename() + ":" + origin.lineNumber();
    }

    private static String oneLine(ConfigException e) {
        return String.valueOf(e.getMessage()).replaceAll("\\s*\n\\s*", " ");
    }
}
