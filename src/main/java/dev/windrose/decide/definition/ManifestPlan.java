package dev.windrose.decide.definition;

import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.RegionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The changes that a set of definitions would make, in dependency order: regions, rules, geographic rules; removals in
 * reverse order.
 *
 * @param steps the definitions that differ
 * @param unchanged number of definitions that do not
 * @param fitting checks the consistency of all steps together
 */
public record ManifestPlan(String owner, List<Step> steps, int unchanged, ConsistencyCheck fitting) {

    /** The order in which definitions can be created. */
    public static final Comparator<DefinitionKey> ORDER =
            Comparator.comparingInt((DefinitionKey key) -> place(key.kind())).thenComparing(DefinitionKey::name);

    /**
     * One edit.
     *
     * @param fields to write
     * @param drifted the fields that someone else changed since the last apply
     */
    public record Step(
            DefinitionKey key,
            Change.Kind kind,
            Map<String, String> fields,
            DefinitionState now,
            DefinitionState after,
            Set<String> drifted,
            String remark) {

        /** Whether a definition already has the resulting state, for instance after an interrupted apply. */
        public boolean isDone(DefinitionState state) {
            return kind == Change.Kind.REMOVED
                    ? !state.exists()
                    : state.exists()
                            && fields.entrySet().stream()
                                    .allMatch(field -> field.getValue().equals(state.text(field.getKey())));
        }

        /** Whether it removes the last endpoint of a region. */
        boolean empties() {
            return key.kind() == DefinitionKey.Kind.REGION
                    && !"".equals(now.text(Fields.ENDPOINTS))
                    && "".equals(after.text(Fields.ENDPOINTS));
        }
    }

    public ManifestPlan {
        steps = List.copyOf(steps);
    }

    /** The resulting definitions. */
    public Map<DefinitionKey, DefinitionState> after() {
        return after(steps);
    }

    private static Map<DefinitionKey, DefinitionState> after(List<Step> steps) {
        Map<DefinitionKey, DefinitionState> after = new HashMap<>();
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
     * A definition in a set.
     *
     * @param named the fields that it names, and those derived from them
     * @param whole all fields, with defaults for unnamed ones
     * @param owned the names of the fields that it names
     */
    public record Wanted(
            DefinitionKey key,
            Map<String, String> named,
            Map<String, String> whole,
            Set<String> owned,
            boolean remove) {}

    /**
     * Options for ownership and removal.
     *
     * @param owner of the set
     * @param prune whether the owner's definitions that are not in the set are removed
     * @param takeOver whether to take over definitions of other owners
     */
    public record Terms(String owner, boolean prune, boolean takeOver) {}

    /**
     * The context of the plan.
     *
     * @param self the region in which the edits are made
     * @param knownElsewhere whether rules may name the region although it is not registered
     * @param shown whether the caller may see a definition
     */
    public record Surroundings(
            Catalog catalog,
            HealthCheck defaults,
            RegionId self,
            Predicate<RegionId> knownElsewhere,
            Predicate<DefinitionKey> shown) {}

    /** All reasons why a set cannot be applied, as far as the caller may know them. */
    public static final class Refused extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient List<String> problems;

        private Refused(List<String> problems) {
            super(String.join("; ", problems), null, false, false);
            this.problems = List.copyOf(problems);
        }

        public List<String> problems() {
            return problems;
        }
    }

    /**
     * The plan for a set.
     *
     * @param prunes called with each definition to be removed; throws where that is not allowed
     * @throws Refused with all reasons why the set cannot be applied
     */
    public static ManifestPlan of(
            List<Wanted> set, Terms terms, Surroundings in, Consumer<DefinitionKey> prunes, long nowMs) throws Refused {
        Catalog catalog = in.catalog();
        String owner = terms.owner();
        List<String> problems = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        Set<DefinitionKey> named = new HashSet<>();
        List<DefinitionKey> gone = new ArrayList<>();
        int unchanged = 0;
        for (Wanted one : set) {
            named.add(one.key());
            DefinitionState live = catalog.states().getOrDefault(one.key(), DefinitionState.EMPTY);
            String other = ThreeWay.owner(live);
            if (!other.isEmpty() && !other.equals(owner) && !terms.takeOver()) {
                problems.add(one.key() + ": belongs to '" + other + "' (expected: no owner, or take_over)");
                continue;
            }
            if (one.remove()) {
                if (live.exists()) {
                    gone.add(one.key());
                }
                continue;
            }
            Step step = step(one, live, owner, in, nowMs, problems);
            if (step == null) {
                unchanged++;
            } else {
                steps.add(step);
            }
        }
        if (terms.prune()) {
            catalog.states().forEach((key, state) -> {
                if (state.exists()
                        && key.kind() != DefinitionKey.Kind.KEY
                        && !named.contains(key)
                        && ThreeWay.owner(state).equals(owner)) {
                    prunes.accept(key);
                    gone.add(key);
                }
            });
        }
        // Removals come after the edits of definitions that no longer need them.
        steps.sort(Comparator.comparing(Step::empties).thenComparing(Step::key, ORDER));
        gone.sort(ORDER.reversed());
        for (DefinitionKey key : gone) {
            DefinitionState live = catalog.states().getOrDefault(key, DefinitionState.EMPTY);
            steps.add(removal(key, live, in, nowMs));
        }
        ConsistencyCheck fitting = new ConsistencyCheck(in.knownElsewhere(), catalog, after(steps), in.shown());
        steps.forEach(step ->
                fitting.of(step.key(), catalog).forEach(misfit -> problems.add(step.key() + ": " + misfit.text())));
        steps.stream()
                .filter(step -> FreezeGuard.forbids(
                        step.now(), step.kind(), step.fields().keySet(), nowMs))
                .forEach(step -> problems.add(step.key()
                        + ": safety.freezes, changes are frozen now (expected: wait until the freeze is over)"));
        if (!problems.isEmpty()) {
            throw new Refused(problems);
        }
        return new ManifestPlan(owner, steps, unchanged, fitting);
    }

    /** The step for one definition, or null when there is none. */
    private static @Nullable Step step(
            Wanted one, DefinitionState live, String owner, Surroundings in, long nowMs, List<String> problems) {
        boolean there = live.exists();
        Map<String, String> fields = there ? new HashMap<>() : new HashMap<>(one.whole());
        ThreeWay.Merged merged =
                ThreeWay.merge(there ? live : DefinitionState.EMPTY, one.named(), one.owned(), one.whole(), owner);
        fields.putAll(merged.fields());
        if (fields.isEmpty()) {
            return null;
        }
        Change.Kind kind = there ? Change.Kind.CHANGED : Change.Kind.CREATED;
        DefinitionState after = after(live, kind, fields, in, nowMs);
        DefinitionChecks.problems(one.key(), live, after, in.defaults())
                .forEach(problem -> problems.add(one.key() + ": " + problem));
        boolean notesOnly = there && Set.of(Fields.APPLIED, Fields.MANAGED_BY).containsAll(fields.keySet());
        String remark = notesOnly ? "taken into the files of " + owner : "";
        return new Step(one.key(), kind, fields, live, after, merged.drifted(), remark);
    }

    private static DefinitionState after(
            DefinitionState live, Change.Kind kind, Map<String, String> fields, Surroundings in, long nowMs) {
        Stamp stamp = Stamp.next(nowMs, in.self().value(), live.heard());
        return live.after(new Change(kind, fields, stamp, "", ""));
    }

    private static Step removal(DefinitionKey key, DefinitionState live, Surroundings in, long nowMs) {
        DefinitionState after = after(live, Change.Kind.REMOVED, Map.of(), in, nowMs);
        return new Step(key, Change.Kind.REMOVED, Map.of(), live, after, Set.of(), "");
    }
}
