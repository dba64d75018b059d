package dev.windrose.front.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.Fields;
import dev.windrose.decide.rule.PolicyText;
import dev.windrose.decide.rule.RuleChecks;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.decide.rule.Stamp;
import dev.windrose.decide.rule.ThreeWay;
import dev.windrose.live.table.Catalog;
import dev.windrose.model.DefinitionKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a set of definitions would change, in the order in which it can be changed: regions, rules, geographic rules; and what
 * is removed the other way round.
 *
 * @param steps what differs
 * @param unchanged how many do not
 * @param fitting judges the steps together
 */
record Plan(String owner, List<Step> steps, int unchanged, Fitting fitting) {

    /** In which definitions can be made. */
    static final Comparator<DefinitionKey> ORDER =
            Comparator.comparingInt((DefinitionKey key) -> place(key.kind())).thenComparing(DefinitionKey::name);

    /**
     * One edit.
     *
     * @param fields as they are written
     * @param drifted the fields that somebody else changed since they were last applied
     */
    record Step(
            DefinitionKey key,
            Change.Kind kind,
            Map<String, String> fields,
            RuleState now,
            RuleState after,
            Set<String> drifted,
            String remark) {

        /** Whether a definition is already what this makes of it, as after an apply that was broken off. */
        boolean isDone(RuleState state) {
            return kind == Change.Kind.REMOVED
                    ? !state.exists()
                    : state.exists()
                            && fields.entrySet().stream()
                                    .allMatch(field -> field.getValue().equals(state.text(field.getKey())));
        }

        /** Whether it takes the last endpoint of a region away. */
        boolean empties() {
            return key.kind() == DefinitionKey.Kind.REGION
                    && !"".equals(now.text(Fields.ENDPOINTS))
                    && "".equals(after.text(Fields.ENDPOINTS));
        }

        /** As answers show it. */
        ObjectNode shown(Past past) {
            ObjectNode json = Json.object();
            json.put("definition", key.entityId());
            json.put(
                    "action",
                    switch (kind) {
                        case CREATED -> "created";
                        case REMOVED -> "removed";
                        default -> "changed";
                    });
            json.put("remark", remark);
            json.set("fields", Differences.between(past.shown(key, now), past.shown(key, after)));
            for (JsonNode field : json.get("fields")) {
                String top = field.path("field").asText().split("\\.", 2)[0];
                ((ObjectNode) field).put("drift", drifted.contains(top));
            }
            return json;
        }
    }

    Plan {
        steps = List.copyOf(steps);
    }

    /** What the definitions will be. */
    Map<DefinitionKey, RuleState> after() {
        return after(steps);
    }

    private static Map<DefinitionKey, RuleState> after(List<Step> steps) {
        Map<DefinitionKey, RuleState> after = new HashMap<>();
        steps.forEach(step -> after.put(step.key(), step.after()));
        return after;
    }

    private static int place(DefinitionKey.Kind kind) {
        return switch (kind) {
            case REGION -> 0;
            case RULE -> 1;
            case GEOGRAPHIC_RULE -> 2;
            case KEY -> 3;
        };
    }

    /**
     * Throws one {@link Problem} that names everything for which the set cannot be applied, and of it only what the caller may
     * be shown.
     */
    static Plan of(
            DefinitionSet set,
            Catalog catalog,
            String owner,
            boolean prune,
            boolean takeOver,
            ApiParts parts,
            long nowMs) {
        List<String> problems = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        Set<DefinitionKey> named = new HashSet<>();
        List<DefinitionKey> gone = new ArrayList<>();
        int unchanged = 0;
        for (DefinitionSet.One one : set.all()) {
            named.add(one.key());
            RuleState live = catalog.states().getOrDefault(one.key(), RuleState.EMPTY);
            String other = ThreeWay.owner(live);
            if (!other.isEmpty() && !other.equals(owner) && !takeOver) {
                problems.add(one.key() + ": belongs to '" + other + "' (expected: nobody, or take_over)");
                continue;
            }
            if (one.remove()) {
                if (live.exists()) {
                    gone.add(one.key());
                }
                continue;
            }
            Step step = step(one, live, owner, parts, nowMs, problems);
            if (step == null) {
                unchanged++;
            } else {
                steps.add(step);
            }
        }
        if (prune) {
            catalog.states().forEach((key, state) -> {
                if (state.exists()
                        && key.kind() != DefinitionKey.Kind.KEY
                        && !named.contains(key)
                        && ThreeWay.owner(state).equals(owner)) {
                    set.sight().require(key);
                    gone.add(key);
                }
            });
        }
        // What takes something away comes after those that need it no more.
        steps.sort(Comparator.comparing(Step::empties).thenComparing(Step::key, ORDER));
        gone.sort(ORDER.reversed());
        for (DefinitionKey key : gone) {
            RuleState live = catalog.states().getOrDefault(key, RuleState.EMPTY);
            steps.add(removal(key, live, parts, nowMs));
        }
        Fitting fitting =
                new Fitting(region -> Edits.knownElsewhere(parts, region), catalog, after(steps), set.sight());
        steps.forEach(step ->
                fitting.of(step.key(), catalog).forEach(misfit -> problems.add(step.key() + ": " + misfit.text())));
        steps.forEach(step -> frozen(step, nowMs, problems));
        if (!problems.isEmpty()) {
            throw DefinitionSet.refusal(problems);
        }
        return new Plan(owner, steps, unchanged, fitting);
    }

    /** What is to be done for one definition, or null when nothing is. */
    private static @Nullable Step step(
            DefinitionSet.One one, RuleState live, String owner, ApiParts parts, long nowMs, List<String> problems) {
        boolean there = live.exists();
        Map<String, String> fields = there ? new HashMap<>() : new HashMap<>(one.whole());
        ThreeWay.Merged merged =
                ThreeWay.merge(there ? live : RuleState.EMPTY, one.named(), one.owned(), one.whole(), owner);
        fields.putAll(merged.fields());
        if (fields.isEmpty()) {
            return null;
        }
        Change.Kind kind = there ? Change.Kind.CHANGED : Change.Kind.CREATED;
        RuleState after = after(live, kind, fields, parts, nowMs);
        RuleChecks.problems(one.key(), live, after, parts.defaults())
                .forEach(problem -> problems.add(one.key() + ": " + problem));
        boolean notesOnly = there && Set.of(Fields.APPLIED, Fields.MANAGED_BY).containsAll(fields.keySet());
        String remark = notesOnly ? "taken into the files of " + owner : "";
        return new Step(one.key(), kind, fields, live, after, merged.drifted(), remark);
    }

    private static RuleState after(
            RuleState live, Change.Kind kind, Map<String, String> fields, ApiParts parts, long nowMs) {
        Stamp stamp = Stamp.next(nowMs, parts.self().value(), live.heard());
        return live.after(new Change(kind, fields, stamp, "", ""));
    }

    private static Step removal(DefinitionKey key, RuleState live, ApiParts parts, long nowMs) {
        RuleState after = after(live, Change.Kind.REMOVED, Map.of(), parts, nowMs);
        return new Step(key, Change.Kind.REMOVED, Map.of(), live, after, Set.of(), "");
    }

    private static void frozen(Step step, long nowMs, List<String> problems) {
        String safety = step.now().exists() ? step.now().text(Fields.SAFETY) : null;
        try {
            boolean frozen = safety != null
                    && !safety.isEmpty()
                    && PolicyText.safety(safety).frozen(nowMs);
            if (frozen && !step.fields().keySet().equals(Set.of(Fields.SAFETY))) {
                problems.add(step.key() + ": safety.freezes, nobody changes it now (expected: wait until it is over)");
            }
        } catch (IllegalArgumentException e) {
            // Written by a later version; what cannot be read forbids nothing.
        }
    }
}
