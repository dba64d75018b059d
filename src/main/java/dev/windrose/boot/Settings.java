package dev.windrose.boot;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import dev.windrose.decide.reach.Destinations;
import dev.windrose.front.http.HttpSettings;
import dev.windrose.front.manage.ManageSettings;
import dev.windrose.live.access.AccessSettings;
import dev.windrose.live.audit.AuditSettings;
import dev.windrose.live.geo.GeoSettings;
import dev.windrose.live.geo.LatencySettings;
import dev.windrose.live.health.HealthSettings;
import dev.windrose.live.journal.JournalSettings;
import dev.windrose.live.rule.RuleSettings;
import dev.windrose.live.table.TableSettings;
import dev.windrose.live.tls.TlsSettings;
import dev.windrose.model.Masked;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a node, checked. The only reader of {@link Config}.
 *
 * <p>Where a value comes from, the first wins: {@code --region} and {@code --set}, the environment, the file of
 * {@code --config}, the defaults on the class path.
 */
public final class Settings {

    /** Everything of ours stands below this key. */
    static final String ROOT = "windrose";

    private static final Pattern SECRET = Pattern.compile("(?i).*(password|secret|token|credential|break-glass).*");

    /**
     * Where settings are looked for.
     *
     * @param file the file of {@code --config}, or null
     * @param sets whole keys and values of the command line
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
     * @param value as it may be shown; secrets are hidden
     * @param from the place that set it; empty when it is the default
     */
    public record Effective(String path, String value, String from) {}

    private final SettingKeys keys = SettingKeys.read();
    private final Sources sources;
    private final Map<String, String> variables;
    private final Config given;
    private final Config config;
    private final Set<String> keysRead;

    private final NodeSettings node;
    private final TableSettings table;
    private final HttpSettings http;
    private final ManageSettings manage;
    private final HealthSettings health;
    private final RuleSettings rule;
    private final JournalSettings journal;
    private final GeoSettings geo;
    private final LatencySettings latency;
    private final AccessSettings access;
    private final Destinations reach;
    private final Duration lookUpEvery;
    private final AuditSettings audit;
    private final @Nullable TlsSettings httpTls;
    private final @Nullable TlsSettings nodeTls;

    /** @throws WrongSetting with one line, for the first setting that is wrong */
    public static Settings load(Sources sources) {
        return new Settings(sources, false);
    }

    /** As {@link #load}, for a node that asks nobody for credentials and listens on loopback only. */
    public static Settings loadDev(Sources sources) {
        return new Settings(sources, true);
    }

    private Settings(Sources sources, boolean dev) {
        this.sources = sources;
        this.variables = keys.values(sources.environment());
        this.given = ConfigFactory.parseMap(sources.sets(), "--set")
                .withFallback(ConfigFactory.parseMap(variables, "environment"))
                .withFallback(file());
        this.config = merged();
        refuseUnknownKeys();
        SettingsReader reader = new SettingsReader(config, this::whereFrom);
        this.node = NodeSettings.read(reader.at("windrose.node"));
        this.http = HttpPart.read(reader.at("windrose.http"));
        this.manage = HttpPart.readManage(reader.at("windrose.manage"));
        this.health = HealthPart.read(reader.at("windrose.health"));
        this.table = TablePart.read(reader.at("windrose.table"));
        this.rule = RulePart.read(reader.at("windrose.rule"));
        this.journal = RulePart.readJournal(reader.at("windrose.rule.journal"), node.dataDir());
        this.geo = GeoPart.read(reader.at("windrose.geo"));
        this.latency = LatencyPart.read(reader.at("windrose.geo.latency"));
        this.access = AccessPart.read(reader.at("windrose.access"), dev);
        this.reach = AccessPart.readReach(reader.at("windrose.reach"), dev);
        this.lookUpEvery =
                reader.at("windrose.reach").time("look-up-every", Duration.ofSeconds(1), Duration.ofMinutes(10));
        this.audit = AccessPart.readAudit(reader.at("windrose.audit"));
        this.httpTls = TlsPart.read(reader.at("windrose.tls.http"), "client-ca", false);
        this.nodeTls = TlsPart.read(reader.at("windrose.tls.node"), "ca", true);
        Loopback.require(reader.at("windrose.node"), node.host(), dev, nodeTls != null, "windrose.tls.node");
        Loopback.require(reader.at("windrose.http"), http.host(), dev, httpTls != null, "windrose.tls.http");
        Loopback.require(reader.at("windrose.manage"), manage.host(), dev, httpTls != null, "windrose.tls.http");
        this.keysRead = reader.keysRead();
    }

    public NodeSettings node() {
        return node;
    }

    public HttpSettings http() {
        return http;
    }

    public ManageSettings manage() {
        return manage;
    }

    public HealthSettings health() {
        return health;
    }

    public TableSettings table() {
        return table;
    }

    public RuleSettings rule() {
        return rule;
    }

    public GeoSettings geo() {
        return geo;
    }

    public LatencySettings latency() {
        return latency;
    }

    public AccessSettings access() {
        return access;
    }

    /** Where the node may connect to when somebody else names the address. */
    public Destinations reach() {
        return reach;
    }

    /** After which a name is looked up again. */
    public Duration lookUpEvery() {
        return lookUpEvery;
    }

    /** What the routing API is encrypted with; null when it is not. */
    public @Nullable TlsSettings httpTls() {
        return httpTls;
    }

    /** What the exchange between nodes is encrypted with; null when it is not. */
    public @Nullable TlsSettings nodeTls() {
        return nodeTls;
    }

    public AuditSettings audit() {
        return audit;
    }

    public JournalSettings journal() {
        return journal;
    }

    /**
     * The configuration of one actor system: what a user set, then {@code file}, then the defaults.
     *
     * @param file on the class path
     * @param own what follows from the settings, and nobody can set otherwise
     */
    Config akka(String file, Map<String, Object> own) {
        Config system = ConfigFactory.parseResources(Settings.class.getClassLoader(), file);
        return ConfigFactory.parseMap(own, "windrose")
                .withFallback(given)
                .withFallback(system)
                .withFallback(config)
                .resolve();
    }

    /** The keys that this class has read; for the test that finds settings nobody reads. */
    Set<String> keysRead() {
        return keysRead;
    }

    /** Every setting, by key. */
    public List<Effective> effective() {
        Map<String, Effective> all = new TreeMap<>();
        for (SettingKeys.Key key : keys.all()) {
            String value = config.hasPathOrNull(key.path()) && !config.getIsNull(key.path())
                    ? config.getValue(key.path()).render()
                    : "";
            all.put(key.path(), new Effective(key.path(), shown(key.path(), value), whereFrom(key.path())));
        }
        return List.copyOf(all.values());
    }

    private Config merged() {
        Config own = ConfigFactory.empty();
        for (String name : SettingKeys.FILES) {
            own = own.withFallback(
                    ConfigFactory.parseResources(Settings.class.getClassLoader(), "windrose/" + name + ".conf"));
        }
        try {
            return given.withFallback(own)
                    .withFallback(ConfigFactory.defaultReferenceUnresolved(Settings.class.getClassLoader()))
                    .resolve();
        } catch (ConfigException.UnresolvedSubstitution e) {
            throw new WrongSetting(oneLine(e) + " (expected: every ${...} names a key or a variable that is set)");
        } catch (ConfigException e) {
            throw new WrongSetting(oneLine(e));
        }
    }

    private Config file() {
        Path path = sources.file();
        if (path == null) {
            return ConfigFactory.empty();
        }
        File file = path.toFile();
        if (!file.isFile() || !file.canRead()) {
            throw new WrongSetting("--config: " + path + " (expected: a file that can be read)");
        }
        try {
            return ConfigFactory.parseFile(file);
        } catch (ConfigException e) {
            throw new WrongSetting("--config: " + oneLine(e) + " (expected: HOCON, see conf/windrose.conf)");
        }
    }

    private void refuseUnknownKeys() {
        if (!config.hasPath(ROOT)) {
            return;
        }
        List<String> declared = keys.all().stream().map(SettingKeys.Key::path).toList();
        List<String> unknown = new ArrayList<>();
        for (Map.Entry<String, ConfigValue> entry : config.getConfig(ROOT).entrySet()) {
            String path = ROOT + "." + entry.getKey();
            if (!declared.contains(path)) {
                unknown.add(path);
            }
        }
        if (!unknown.isEmpty()) {
            String first = unknown.stream().min(String::compareTo).orElseThrow();
            String where = whereFrom(first);
            throw new WrongSetting(first + ": unknown setting (expected: " + Nearest.to(first, declared)
                    + ", or another of `windrose config check`)" + (where.isEmpty() ? "" : ", set in " + where));
        }
    }

    private String whereFrom(String path) {
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

    /** What of a value may be shown. */
    static String shown(String path, String value) {
        if (SECRET.matcher(path).matches() && !value.isEmpty() && !value.equals("\"\"")) {
            return "(hidden)";
        }
        String masked = Masked.of(value);
        return masked.length() <= 200 ? masked : masked.substring(0, 200) + "...";
    }

    private static String oneLine(ConfigException e) {
        return String.valueOf(e.getMessage()).replaceAll("\\s*\n\\s*", " ");
    }
}
