package dev.windrose.cli;

import dev.windrose.boot.Capabilities;
import dev.windrose.boot.settings.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where settings come from. */
final class SettingsOptions {

    @Option(
            names = "--region",
            paramLabel = "REGION",
            description = "Region of this node, such as us-east-1. Default: windrose.node.region.")
    private @Nullable String region;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "HOCON file with settings; see conf/windrose.conf. Default: $WINDROSE_CONFIG, if set.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One setting, such as windrose.node.port=25529; lists with commas. May be repeated.")
    private Map<String, String> sets = new LinkedHashMap<>();

    /** One setting more, as by {@code --set}. */
    void set(String key, String value) {
        sets.put(key, value);
    }

    /** All settings, checked. */
    Settings load(Map<String, String> environment) {
        return Capabilities.settings(sources(environment));
    }

    /** As {@link #load}, for a node that asks nobody for credentials. */
    Settings loadDev(Map<String, String> environment) {
        return Capabilities.devSettings(sources(environment));
    }

    private Settings.Sources sources(Map<String, String> environment) {
        Map<String, String> all = new LinkedHashMap<>(sets);
        if (region != null) {
            all.put("windrose.node.region", region);
        }
        String fromEnvironment = environment.get("WINDROSE_CONFIG");
        Path file = config != null || fromEnvironment == null ? config : Path.of(fromEnvironment);
        return new Settings.Sources(file, all, environment);
    }
}
