package dev.windrose.decide.definition;

import dev.windrose.model.ApiKey;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import dev.windrose.model.RuleStatus;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All definitions, as far as this node has received them. Immutable.
 *
 * <p>Includes tombstones, so that a late change of a removed definition cannot bring it back, and, for a definition
 * with an invalid field, the value used instead ({@link LastGood}).
 */
public final class Catalog {

    private final HealthCheck defaults;
    private final Map<DefinitionKey, DefinitionState> states;
    private final Map<DefinitionKey, DefinitionState> lastGood;
    private final Map<RuleId, Rule> rules;
    private final Map<RuleId, GeographicRule> geographicRules;
    private final Map<RegionId, Region> regions;
    private final Map<String, ApiKey> keys;

    /**
     * A catalog of nothing.
     *
     * @param defaults the default check of rules
     */
    public static Catalog empty(HealthCheck defaults) {
        return new Catalog(
                defaults, Map.of(), Map.of(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new HashMap<>());
    }

    private Catalog(
            HealthCheck defaults,
            Map<DefinitionKey, DefinitionState> states,
            Map<DefinitionKey, DefinitionState> lastGood,
            Map<RuleId, Rule> rules,
            Map<RuleId, GeographicRule> geographicRules,
            Map<RegionId, Region> regions,
            Map<String, ApiKey> keys) {
        this.defaults = defaults;
        this.states = Collections.unmodifiableMap(states);
        this.lastGood = Collections.unmodifiableMap(lastGood);
        this.rules = Collections.unmodifiableMap(rules);
        this.geographicRules = Collections.unmodifiableMap(geographicRules);
        this.regions = Collections.unmodifiableMap(regions);
        this.keys = Collections.unmodifiableMap(keys);
    }

    /** This catalog merged with what was received, or this instance when nothing was new. */
    public Catalog with(Map<DefinitionKey, DefinitionState> heard) {
        Map<DefinitionKey, DefinitionState> changed = new HashMap<>();
        heard.forEach((key, state) -> {
            DefinitionState before = states.getOrDefault(key, DefinitionState.EMPTY);
            DefinitionState after = before.merge(state);
            if (!after.equals(before)) {
                changed.put(key, after);
            }
        });
        if (changed.isEmpty()) {
            return this;
        }
        Map<DefinitionKey, DefinitionState> all = new HashMap<>(states);
        all.putAll(changed);
        Map<DefinitionKey, DefinitionState> newLastGood = new HashMap<>(lastGood);
        Map<RuleId, Rule> newRules = new TreeMap<>(rules);
        Map<RuleId, GeographicRule> newGeographicRules = new TreeMap<>(geographicRules);
        Map<RegionId, Region> newRegions = new TreeMap<>(regions);
        Map<String, ApiKey> newKeys = new HashMap<>(keys);
        changed.forEach((key, heardState) -> {
            DefinitionState used = lastGood.getOrDefault(key, states.getOrDefault(key, DefinitionState.EMPTY));
            DefinitionState state = LastGood.usable(key.kind(), used, heardState, defaults);
            if (state.equals(heardState)) {
                newLastGood.remove(key);
            } else {
                newLastGood.put(key, state);
            }
            switch (key.kind()) {
                case RULE -> set(newRules, new RuleId(key.name()), DefinitionCodec.rule(key.name(), state, defaults));
                case GEOGRAPHIC_RULE ->
                    set(newGeographicRules, new RuleId(key.name()), DefinitionCodec.geographicRule(key.name(), state));
                case REGION -> set(newRegions, new RegionId(key.name()), DefinitionCodec.region(key.name(), state));
                case KEY -> set(newKeys, key.name(), DefinitionCodec.key(key.name(), state));
            }
        });
        return new Catalog(defaults, all, newLastGood, newRules, newGeographicRules, newRegions, newKeys);
    }

    private static <K, V> void set(Map<K, V> map, K key, @Nullable V value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }

    /** Every definition ever received, removed ones included. */
    public Map<DefinitionKey, DefinitionState> states() {
        return states;
    }

    /** For definitions with an invalid field: the state used instead. */
    public Map<DefinitionKey, DefinitionState> lastGood() {
        return lastGood;
    }

    /** The state of a definition that exists, or null. */
    public @Nullable DefinitionState state(DefinitionKey key) {
        DefinitionState state = states.get(key);
        return state != null && state.exists() ? state : null;
    }

    /** The rules by name, paused ones included. */
    public Map<RuleId, Rule> rules() {
        return rules;
    }

    /** The geographic rules by name, paused ones included. */
    public Map<RuleId, GeographicRule> geographicRules() {
        return geographicRules;
    }

    /** The registered regions by name. */
    public Map<RegionId, Region> regions() {
        return regions;
    }

    /** The API keys by name, expired ones included. */
    public Map<String, ApiKey> keys() {
        return keys;
    }

    /** How many rules are active. */
    public long activeRules() {
        return rules.values().stream()
                .filter(rule -> rule.status() == RuleStatus.ACTIVE)
                .count();
    }
}
