package dev.windrose.front.http;

import akka.http.javadsl.model.HttpRequest;
import dev.windrose.decide.access.Touched;
import dev.windrose.decide.rule.Change;
import dev.windrose.decide.rule.Definitions;
import dev.windrose.decide.rule.RuleState;
import dev.windrose.live.table.Catalog;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.Identifier;
import dev.windrose.model.Permission;
import dev.windrose.model.Principal;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets through who may do what a call asks, and refuses the others with 401 or 403. */
final class Gate {

    private final Supplier<Catalog> catalog;

    Gate(Supplier<Catalog> catalog) {
        this.catalog = catalog;
    }

    /** @throws Problem when {@code who} may not call that */
    void require(Router.Match match, Principal who, HttpRequest request) {
        Permission permission = match.permission();
        if (permission == Permission.PUBLIC || who.mayEverywhere(permission)) {
            return;
        }
        String denial = who.denial();
        if (denial != null) {
            throw Problem.of(
                    who.equals(Principal.INVALID) ? Problem.Kind.UNKNOWN_KEY : Problem.Kind.UNAUTHENTICATED,
                    "credentials: " + denial + " (expected: Authorization: Bearer with a key or token that is good)");
        }
        if (!who.maySomewhere(permission) || !covered(match, who, request)) {
            throw forbidden(who, permission);
        }
    }

    /**
     * What a caller with limits is told instead of a refusal from which they would learn which names exist: what does not exist is
     * refused to them in the words in which what they may not see is.
     */
    static Problem told(Problem problem, Router.Match match, Principal who) {
        boolean tells = problem.kind() == Problem.Kind.UNKNOWN_NAME || problem.kind() == Problem.Kind.UNKNOWN_REFERENCE;
        return tells && match.permission() != Permission.PUBLIC && !who.mayEverywhere(match.permission())
                ? forbidden(who, match.permission())
                : problem;
    }

    static Problem forbidden(Principal who, Permission permission) {
        return Problem.of(
                Problem.Kind.FORBIDDEN,
                who.name() + ": not allowed to " + permission.wireName()
                        + " this, or all that it would change; or it does not exist (expected: a role with that"
                        + " permission, and a grant whose limits cover it, see docs/reference/access.md)");
    }

    private boolean covered(Router.Match match, Principal who, HttpRequest request) {
        Permission permission = match.permission();
        List<String> named = match.variables();
        return switch (match.scope()) {
            case WHOLE -> false;
            case EDITED, EACH -> true;
            case RULE -> {
                String id = named.isEmpty() || permission == Permission.DECIDE
                        ? request.getUri().query().get("rule_id").orElse("")
                        : named.get(0);
                // Who asks without a rule asks about every region.
                boolean one = permission != Permission.DECIDE || !id.isEmpty();
                yield one && (!isName(id) || reads(who, permission, new RuleId(id)));
            }
            case GEOGRAPHIC_RULE ->
                !isName(named.get(0)) || reads(who, permission, DefinitionKey.geographicRule(new RuleId(named.get(0))));
            case REGION ->
                !isName(lower(named.get(0)))
                        || who.may(permission, Map.of(), List.of(new RegionId(lower(named.get(0)))), true);
            case TARGET ->
                !isName(named.get(0))
                        || !isName(lower(named.get(1)))
                        || who.may(
                                permission,
                                labels(new RuleId(named.get(0))),
                                List.of(new RegionId(lower(named.get(1)))),
                                true);
        };
    }

    /** Names of regions may be in any case. */
    private static String lower(String region) {
        return region.toLowerCase(Locale.ROOT);
    }

    /** What is no name is of nothing that exists; whoever answers the call says so. */
    private static boolean isName(String text) {
        return Identifier.FORM.matcher(text).matches();
    }

    /** Whether they may do that to the rule; to one that does not exist only those without limits. */
    boolean reads(Principal who, Permission permission, RuleId rule) {
        return reads(who, permission, DefinitionKey.rule(rule));
    }

    /** Whether they may do that to a rule or geographic rule; to one that does not exist only those without limits. */
    boolean reads(Principal who, Permission permission, DefinitionKey key) {
        if (who.mayEverywhere(permission)) {
            return true;
        }
        RuleState state = catalog.get().state(key);
        return state != null && who.may(permission, labels(key, state), Definitions.targets(state), false);
    }

    /**
     * Whether the caller may be shown the definition and its past. What is not there now belongs to nobody, so that only grants
     * without limits cover it; keys are shown by their own calls alone.
     */
    boolean sees(Call call, DefinitionKey key) {
        Principal who = call.principal();
        if (key.kind() == DefinitionKey.Kind.KEY) {
            return false;
        }
        if (who.mayEverywhere(Permission.READ)) {
            return true;
        }
        RuleState state = catalog.get().state(key);
        return key.kind() == DefinitionKey.Kind.REGION
                ? who.may(Permission.READ, Map.of(), List.of(new RegionId(key.name())), true)
                : state != null && who.may(Permission.READ, labels(key, state), Definitions.targets(state), false);
    }

    /** What the caller may be shown, and of which regions they hear. */
    Sight sight(Call call) {
        return new Sight() {

            private @Nullable Set<RegionId> seen;

            @Override
            public boolean covers(DefinitionKey key) {
                return sees(call, key);
            }

            @Override
            public boolean names(RegionId region) {
                if (call.principal().mayName(Permission.READ, region)) {
                    return true;
                }
                if (seen == null) {
                    seen = seen(call);
                }
                return seen.contains(region);
            }
        };
    }

    /** The regions that definitions name which the caller may be shown. */
    private Set<RegionId> seen(Call call) {
        Set<RegionId> seen = new HashSet<>();
        Catalog known = catalog.get();
        known.rules().values().stream()
                .filter(rule -> sees(call, DefinitionKey.rule(rule.id())))
                .forEach(rule -> {
                    seen.addAll(rule.targets());
                    RegionId fallback = rule.fallback().region();
                    if (fallback != null) {
                        seen.add(fallback);
                    }
                    rule.geography().residency().allowed().values().forEach(seen::addAll);
                });
        known.geographicRules().values().stream()
                .filter(rule -> sees(call, DefinitionKey.geographicRule(rule.id())))
                .forEach(rule -> seen.addAll(rule.targets()));
        return seen;
    }

    /** @throws Problem when the caller may not be shown the definition and its past */
    void requireSight(Call call, DefinitionKey key) {
        if (!sees(call, key)) {
            throw forbidden(call.principal(), Permission.READ);
        }
    }

    /** @throws Problem when {@code call} may not change the definition as it is, whatever it would become */
    void requireEdit(Call call, DefinitionKey key) {
        RuleState now = catalog.get().state(key);
        if (!call.principal().mayEverywhere(call.permission()) && (now == null || !edits(call, key, now, now))) {
            throw forbidden(call.principal(), call.permission());
        }
    }

    /** @throws Problem when the definition is there and {@code call} may not change it; to create it is refused elsewhere */
    void requireReplace(Call call, DefinitionKey key) {
        if (catalog.get().state(key) != null) {
            requireEdit(call, key);
        }
    }

    /** @throws Problem when {@code call} may not change the definition from what it is to what it would be */
    void requireEdit(Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields) {
        Principal who = call.principal();
        Permission permission = call.permission();
        if (who.mayEverywhere(permission)) {
            return;
        }
        RuleState before = catalog.get().state(key);
        RuleState after = kind == Change.Kind.REMOVED
                ? null
                : before == null
                        ? RuleState.EMPTY.edited(Change.Kind.CREATED, fields)
                        : before.edited(Change.Kind.CHANGED, fields);
        if ((before == null && after == null) || !edits(call, key, before, after)) {
            throw forbidden(who, permission);
        }
    }

    private boolean edits(Call call, DefinitionKey key, @Nullable RuleState before, @Nullable RuleState after) {
        Principal who = call.principal();
        Permission permission = call.permission();
        if (permission == Permission.EDIT || key.kind() == DefinitionKey.Kind.KEY) {
            Touched touched = Touched.by(key, before, after, catalog.get().states());
            return !touched.everything()
                    && touched.parts().stream()
                            .allMatch(part -> who.may(permission, part.labels(), part.regions(), true));
        }
        for (@Nullable RuleState state : new @Nullable RuleState[] {before, after}) {
            if (state != null && !operates(call, key, state)) {
                return false;
            }
        }
        return true;
    }

    /** Whoever operates a region, or a rule's target, may empty it, wherever its clients go then. */
    private boolean operates(Call call, DefinitionKey key, RuleState state) {
        List<RegionId> regions = key.kind() == DefinitionKey.Kind.REGION
                ? List.of(new RegionId(key.name()))
                : call.scope() == Scope.TARGET
                        ? List.of(call.regionId(1))
                        : new ArrayList<>(Definitions.targets(state));
        Map<String, String> labels = key.kind() == DefinitionKey.Kind.REGION ? Map.of() : labels(key, state);
        return call.principal().may(call.permission(), labels, regions, true);
    }

    private Map<String, String> labels(DefinitionKey key, RuleState state) {
        if (key.kind() == DefinitionKey.Kind.RULE) {
            return Definitions.labels(state);
        }
        GeographicRule rule = Definitions.geographicRule(key.name(), state);
        RuleId only = rule == null ? null : rule.rule();
        return only == null ? Map.of() : labels(only);
    }

    private Map<String, String> labels(RuleId rule) {
        RuleState state = catalog.get().state(DefinitionKey.rule(rule));
        return state == null ? Map.of() : Definitions.labels(state);
    }
}
