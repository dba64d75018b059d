package dev.windrose.front.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionChecks;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.decide.definition.ManifestPlan;
import dev.windrose.decide.definition.RuleWeights;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.front.web.Body;
import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.front.web.Visibility;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.Identifier;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Definitions as a body lists them, {@code [{"kind", "spec"}]}, read as a whole: they may name each other's regions and rules.
 * What is wrong with any of them refuses all.
 */
final class DefinitionSet {

    static final int AT_MOST = 5000;

    private static final Set<String> KNOWN = Set.of("kind", "spec", "remove");
    private static final int PROBLEMS_TOLD = 20;
    private static final double SAME_SHARE = 1e-9;

    /** How much a definition must say. */
    enum Form {
        /** All that a new one needs. */
        WHOLE,
        /** Of one that is there, what is to change. */
        PARTS
    }

    private final Catalog catalog;
    private final HealthCheck defaults;
    private final Form form;
    private final List<ManifestPlan.Wanted> all = new ArrayList<>();
    private final Visibility visibility;
    private final List<String> problems = new ArrayList<>();

    private DefinitionSet(HealthCheck defaults, Catalog catalog, Form form, Visibility visibility) {
        this.visibility = visibility;
        this.form = form;
        this.defaults = defaults;
        this.catalog = catalog;
    }

    /**
     * Reads all; throws one {@link Problem} that names everything that is wrong.
     *
     * @param catalog what they are held against
     * @param visibility of the caller; when one that is there is not covered, nothing is said of any
     */
    static DefinitionSet read(
            @Nullable JsonNode list,
            Form form,
            HealthCheck defaults,
            Catalog catalog,
            EditResponses edits,
            Visibility visibility) {
        if (list == null || !list.isArray() || list.size() > AT_MOST) {
            throw Problem.invalid("definitions: " + (list == null ? "missing" : list.size() + " entries")
                    + " (expected: a list of at most " + AT_MOST + ")");
        }
        DefinitionSet set = new DefinitionSet(defaults, catalog, form, visibility);
        set.readAll(list, edits);
        if (!set.problems.isEmpty()) {
            throw refusal(set.problems);
        }
        return set;
    }

    static Problem refusal(List<String> problems) {
        int more = problems.size() - PROBLEMS_TOLD;
        return Problem.invalid(String.join("; ", problems.subList(0, Math.min(PROBLEMS_TOLD, problems.size())))
                + (more > 0 ? "; and " + more + " more" : ""));
    }

    List<ManifestPlan.Wanted> all() {
        return all;
    }

    /** Of the caller. */
    Visibility visibility() {
        return visibility;
    }

    private void readAll(JsonNode list, EditResponses edits) {
        Map<DefinitionKey, ObjectNode> specs = new LinkedHashMap<>();
        Set<DefinitionKey> removed = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            try {
                Body entry = new Body(object(list.get(i), "definitions[" + i + "]"), KNOWN);
                DefinitionKey key = key(entry.text("kind", 16), list.get(i).get("spec"), i);
                if (specs.put(key, (ObjectNode) list.get(i).get("spec")) != null) {
                    problems.add(key + ": there twice (expected: once)");
                }
                if (entry.flag("remove", false)) {
                    removed.add(key);
                }
            } catch (Problem e) {
                problems.add("definitions[" + i + "]: " + e.getMessage());
            }
        }
        // Before any is held against what is there: what would be refused says more than that it is there.
        specs.keySet().stream().filter(key -> catalog.state(key) != null).forEach(visibility::require);
        KnownRegions regions = (field, names) -> {
            for (String name : names) {
                RegionId region = new RegionId(name);
                if (!specs.containsKey(DefinitionKey.region(region))) {
                    edits.knownRegions(field, List.of(name), visibility);
                }
            }
        };
        RuleBodies rules = new RuleBodies(defaults, regions);
        GeographicRuleBodies geographic =
                new GeographicRuleBodies(regions, rule -> specs.containsKey(DefinitionKey.rule(rule)) || isThere(rule));
        specs.forEach((key, spec) -> {
            try {
                all.add(
                        removed.contains(key)
                                ? new ManifestPlan.Wanted(key, Map.of(), Map.of(), Set.of(), true)
                                : one(key, spec, rules, geographic));
            } catch (Problem e) {
                problems.add(key + ": " + e.getMessage());
            }
        });
    }

    /** Whether there is that rule, as far as the caller may know: from the rule or from a geographic rule that names it. */
    private boolean isThere(RuleId rule) {
        return catalog.rules().containsKey(rule)
                && (visibility.covers(DefinitionKey.rule(rule))
                        || catalog.geographicRules().values().stream()
                                .anyMatch(each -> rule.equals(each.rule())
                                        && visibility.covers(DefinitionKey.geographicRule(each.id()))));
    }

    private static ObjectNode object(@Nullable JsonNode node, String field) {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw Problem.invalid(field + ": " + Json.shortened(String.valueOf(node)) + " (expected: an object)");
    }

    private static DefinitionKey key(String kind, @Nullable JsonNode spec, int index) {
        ObjectNode object = object(spec, "definitions[" + index + "].spec");
        String field = kind.equals("region") ? "region_id" : "rule_id";
        String given = object.path(field).asText("");
        String name = kind.equals("region") ? given.toLowerCase(Locale.ROOT) : given;
        if (!Identifier.FORM.matcher(name).matches()) {
            throw Problem.invalid(field + ": '" + Json.shortened(name)
                    + "' (expected: a name of 1 to 63 of a-z, 0-9, '.', '_', '-')");
        }
        return switch (kind) {
            case "rule" -> DefinitionKey.rule(new RuleId(name));
            case "geographic_rule" -> DefinitionKey.geographicRule(new RuleId(name));
            case "region" -> DefinitionKey.region(new RegionId(name));
            default ->
                throw Problem.invalid(
                        "kind: '" + Json.shortened(kind) + "' (expected: rule, geographic_rule or region)");
        };
    }

    private ManifestPlan.Wanted one(
            DefinitionKey key, ObjectNode spec, RuleBodies rules, GeographicRuleBodies geographic) {
        Map<String, String> named;
        Map<String, String> whole;
        switch (key.kind()) {
            case RULE -> {
                Rule before = catalog.rules().get(new RuleId(key.name()));
                Body body = RuleBodies.read(spec);
                whole = before == null || form == Form.WHOLE ? rules.whole(body) : Map.of();
                DefinitionState now = catalog.states().getOrDefault(key, DefinitionState.EMPTY);
                named = before == null
                        ? whole
                        : form == Form.PARTS
                                ? RulePatch.fields(rules, spec, before, now)
                                : rules.changes(body, before, now);
                keepScale(before, now, named);
                if (before != null && Fields.list(before.targets()).equals(named.get(Fields.TARGET_REGIONS))) {
                    // What the same targets have anyway; written again it could differ by the last digit.
                    named.keySet()
                            .removeIf(field -> (field.equals(Fields.WEIGHTS) || field.equals(Fields.ENDPOINTS))
                                    && !body.has(field));
                }
            }
            case GEOGRAPHIC_RULE -> {
                boolean there = catalog.geographicRules().containsKey(new RuleId(key.name()));
                Body body = GeographicRuleBodies.read(spec);
                whole = !there || form == Form.WHOLE ? geographic.whole(body) : Map.of();
                named = there ? geographic.changes(body) : whole;
            }
            case REGION -> {
                Body body = RegionResource.read(spec);
                whole = RegionResource.whole(body);
                boolean there = catalog.regions().containsKey(new RegionId(key.name()));
                named = there ? RegionResource.changes(body) : whole;
            }
            default -> throw new IllegalStateException("kind: " + key.kind());
        }
        Set<String> owned = new HashSet<>();
        for (String field : named.keySet()) {
            if (spec.hasNonNull(bodyName(key.kind(), field))) {
                owned.add(field);
            }
        }
        return new ManifestPlan.Wanted(key, named, whole, owned, false);
    }

    /** Weights that mean what is there are what is there, on whatever scale they are written. */
    private static void keepScale(@Nullable Rule before, DefinitionState now, Map<String, String> named) {
        String given = named.get(Fields.WEIGHTS);
        String there = now.text(Fields.WEIGHTS);
        if (before != null
                && given != null
                && there != null
                && !named.containsKey(Fields.TARGET_REGIONS)
                && sameShares(before, given)) {
            named.put(Fields.WEIGHTS, there);
        }
    }

    private static boolean sameShares(Rule rule, String given) {
        Map<RegionId, Double> shares = RuleWeights.normalised(rule.targets(), Fields.numbers(given));
        boolean same = true;
        for (Map.Entry<RegionId, Double> share : shares.entrySet()) {
            double there = rule.weights().getOrDefault(share.getKey(), Double.NaN);
            same &= Math.abs(share.getValue() - there) < SAME_SHARE;
        }
        return same;
    }

    /** What a body calls a field. */
    private static String bodyName(DefinitionKey.Kind kind, String field) {
        if (field.startsWith(Fields.MONITOR + ".")) {
            return "monitors";
        }
        return kind == DefinitionKey.Kind.GEOGRAPHIC_RULE && field.equals(Fields.RULE_ID) ? "applies_to" : field;
    }

    /** The states that these would make of those that are there; throws when a definition would break a rule. */
    Map<DefinitionKey, DefinitionState> states(long nowMs, String region) {
        Map<DefinitionKey, DefinitionState> states = new LinkedHashMap<>();
        List<String> broken = new ArrayList<>();
        for (ManifestPlan.Wanted one : all) {
            DefinitionState before = catalog.states().getOrDefault(one.key(), DefinitionState.EMPTY);
            Change.Kind kind =
                    one.remove() ? Change.Kind.REMOVED : before.exists() ? Change.Kind.CHANGED : Change.Kind.CREATED;
            Map<String, String> fields = before.exists() ? one.named() : one.whole();
            DefinitionState after =
                    before.after(new Change(kind, fields, Stamp.next(nowMs, region, before.heard()), "", ""));
            DefinitionChecks.problems(one.key(), after, defaults)
                    .forEach(problem -> broken.add(one.key() + ": " + problem));
            states.put(one.key(), after);
        }
        if (!broken.isEmpty()) {
            throw refusal(broken);
        }
        return states;
    }
}
