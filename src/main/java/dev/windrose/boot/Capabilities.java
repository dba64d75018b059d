package dev.windrose.boot;

import dev.windrose.boot.settings.AccessSection;
import dev.windrose.boot.settings.GeoSection;
import dev.windrose.boot.settings.HealthSection;
import dev.windrose.boot.settings.HttpSection;
import dev.windrose.boot.settings.LatencySection;
import dev.windrose.boot.settings.NodeSettings;
import dev.windrose.boot.settings.RuleSection;
import dev.windrose.boot.settings.Section;
import dev.windrose.boot.settings.Settings;
import dev.windrose.boot.settings.TableSection;
import dev.windrose.boot.settings.TlsSection;
import dev.windrose.boot.settings.WrongSetting;
import java.util.List;

/** What a node is made of. */
public final class Capabilities {

    private static final List<Section<?>> SECTIONS = List.of(
            NodeSettings.NODE,
            HttpSection.HTTP,
            HttpSection.MANAGE,
            HealthSection.HEALTH,
            TableSection.TABLE,
            RuleSection.RULE,
            RuleSection.JOURNAL,
            GeoSection.GEO,
            LatencySection.LATENCY,
            AccessSection.ACCESS,
            AccessSection.REACH,
            AccessSection.AUDIT,
            TlsSection.HTTP,
            TlsSection.NODE);

    /**
     * All settings of a node, checked.
     *
     * @throws WrongSetting with one line, for the first setting that is wrong
     */
    public static Settings settings(Settings.Sources sources) {
        return Settings.load(sources, false, SECTIONS);
    }

    /** As {@link #settings}, for a node that asks nobody for credentials and listens on loopback only. */
    public static Settings devSettings(Settings.Sources sources) {
        return Settings.load(sources, true, SECTIONS);
    }

    private Capabilities() {}
}
