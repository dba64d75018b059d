package dev.windrose.decide.definition;

import dev.windrose.model.Masked;
import dev.windrose.model.RegionId;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The names of the fields of definitions, and the forms of their texts.
 *
 * <p>Names and forms are stored in journals: they may be added to but never changed. Lists are separated by one space;
 * maps are lists of {@code key=value}, ordered by key, so that equal values have equal texts. No listed value may
 * contain a space.
 */
public final class Fields {

    public static final String NAME = "name";
    public static final String ALGORITHM = "algorithm";
    public static final String TARGET_REGIONS = "target_regions";
    public static final String WEIGHTS = "weights";
    public static final String ENDPOINTS = "endpoints";
    public static final String HEALTH_CHECK_PATH = "health_check_path";
    /** Only the keys that differ from the defaults; see {@link CheckText}. */
    public static final String HEALTH_CHECK = "health_check";

    public static final String BODY_CONTAINS = "body_contains";
    public static final String FAILOVER_ENABLED = "failover_enabled";
    public static final String SESSION_AFFINITY = "session_affinity";
    public static final String FALLBACK = "fallback";
    public static final String STATUS = "status";

    /** Only the keys that differ from the default; see {@link PolicyText}. */
    public static final String HEALTH_POLICY = "health_policy";

    /** Only the keys that differ from the default; see {@link PolicyText}. */
    public static final String FAILOVER_POLICY = "failover_policy";

    /** Prefix of a field name, followed by a dot and the target's name: a failover or failback of that target. */
    public static final String FAILOVER = "failover";

    /**
     * Prefix of a field name, followed by a dot and {@code target@region}: a failover or failback of that target for
     * the traffic of that region alone.
     */
    public static final String FAILOVER_IN = "failover_in";

    /** Of a region: its current or last evacuation. */
    public static final String EVACUATION = "evacuation";

    /** Safety rules; only the keys that differ from the default. */
    public static final String SAFETY = "safety";

    /** Where clients of a place may be served; see {@link GeographyText}. */
    public static final String RESIDENCY = "residency";

    /** How a rule chooses by round trips; only the keys that are set, see {@link GeographyText}. */
    public static final String LATENCY_POLICY = "latency_policy";

    /** Of a region the field name; of a rule its prefix, followed by a dot and the target's name. */
    public static final String OVERRIDE = "override";

    /** Prefix of a field name, followed by a dot and the monitor's name; empty text for a removed monitor. */
    public static final String MONITOR = "monitor";

    public static final String SOURCE_REGIONS = "source_regions";
    public static final String PRIORITY = "priority";
    public static final String LATENCY_THRESHOLD_MS = "latency_threshold_ms";
    /** The one rule a geographic rule applies to; empty for all. */
    public static final String RULE_ID = "rule_id";

    /** Of a geographic rule: the optimiser's last change; empty when it was undone. See {@link Optimization}. */
    public static final String OPTIMIZATION = "optimization";

    /** {@code latitude,longitude} in degrees; empty when not known. */
    public static final String COORDINATE = "coordinate";

    public static final String CAPACITY = "capacity";

    /** Of a region: whether its capacity is also learned. */
    public static final String LEARN_CAPACITY = "learn_capacity";

    public static final String AREAS = "areas";

    /** Owner that applies the definition from files; empty for none. */
    public static final String MANAGED_BY = "managed_by";

    /** Content of the files when last applied: field names with checksums of their texts; see {@link ThreeWay}. */
    public static final String APPLIED = "applied";
    /** Of a rule: {@code key=value}, which grants can be limited to. */
    public static final String LABELS = "labels";

    /** Of a key: a list of {@link dev.windrose.model.Grant#text}. */
    public static final String GRANTS = "grants";

    public static final String OWNER = "owner";

    /** Of a key: its hash, and the hash of the one before rotation. */
    public static final String HASH = "hash";

    public static final String PREVIOUS_HASH = "previous_hash";

    /** Of a key: prefix of the hash of the secret used last; empty when none was used. */
    public static final String USED_HASH = "used_hash";

    /** When the previous secret and the key itself expire, in ms since 1970. */
    public static final String PREVIOUS_UNTIL = "previous_until";

    public static final String EXPIRES = "expires";

    public static String list(Iterable<?> values) {
        StringBuilder text = new StringBuilder();
        for (Object value : values) {
            text.append(text.isEmpty() ? "" : " ").append(value);
        }
        return text.toString();
    }

    /** The inverse of {@link #list}. */
    public static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.split(" ", -1)) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    public static String map(Map<?, ?> values) {
        Map<String, String> ordered = new TreeMap<>();
        values.forEach((key, value) -> ordered.put(key.toString(), value.toString()));
        StringBuilder text = new StringBuilder();
        ordered.forEach((key, value) ->
                text.append(text.isEmpty() ? "" : " ").append(key).append('=').append(value));
        return text.toString();
    }

    /**
     * The inverse of {@link #map}, in the order of the text.
     *
     * @throws IllegalArgumentException when an entry has no {@code =}
     */
    public static Map<String, String> entries(String text) {
        Map<String, String> entries = new LinkedHashMap<>();
        for (String word : words(text)) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("entry: '" + word + "' (expected: key=value)");
            }
            entries.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return entries;
    }

    /**
     * Regions, in the order of the text.
     *
     * @throws IllegalArgumentException when one is no region's name
     */
    public static List<RegionId> regions(String text) {
        List<RegionId> regions = new ArrayList<>();
        for (String word : words(text)) {
            regions.add(new RegionId(word));
        }
        return regions;
    }

    /**
     * Numbers by region.
     *
     * @throws IllegalArgumentException when one is no region's name or no number
     */
    public static Map<RegionId, Double> numbers(String text) {
        Map<RegionId, Double> numbers = new LinkedHashMap<>();
        entries(text).forEach((region, number) -> numbers.put(new RegionId(region), number(WEIGHTS, number)));
        return numbers;
    }

    /**
     * Addresses by region.
     *
     * @throws IllegalArgumentException when one is no region's name or no address
     */
    public static Map<RegionId, URI> addresses(String text) {
        Map<RegionId, URI> addresses = new LinkedHashMap<>();
        entries(text).forEach((region, address) -> addresses.put(new RegionId(region), address(address)));
        return addresses;
    }

    /**
     * The address of an endpoint.
     *
     * @throws IllegalArgumentException when it is none
     */
    static URI address(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "endpoints: '" + Masked.of(text)
                            + "' (expected: SCHEME://HOST[:PORT][/PATH], other characters %-encoded)",
                    e);
        }
    }

    /**
     * A finite number.
     *
     * @throws IllegalArgumentException for anything else, infinity and NaN included
     */
    public static double number(String field, String text) {
        try {
            double number = Double.parseDouble(text);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, together with non-finite numbers.
        }
        throw new IllegalArgumentException(field + ": '" + text + "' (expected: a finite number)");
    }

    /** True or false, and nothing else. */
    public static boolean flag(String field, String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(field + ": '" + text + "' (expected: true or false)");
        };
    }

    /** The field of that kind for one target or monitor. */
    public static String of(String kind, Object name) {
        return kind + "." + name;
    }

    /** The failover record of a target, for everyone or for the clients of one region. */
    public static String failover(RegionId target, @Nullable RegionId observer) {
        return observer == null ? of(FAILOVER, target) : of(FAILOVER_IN, target + "@" + observer);
    }

    /** Whether a field records what happened to traffic, which each region finds out for itself. */
    public static boolean recordsFailover(String field) {
        return field.startsWith(FAILOVER + ".") || field.startsWith(FAILOVER_IN + ".");
    }

    private Fields() {}
}
