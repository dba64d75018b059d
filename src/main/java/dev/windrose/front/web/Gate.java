package dev.windrose.front.web;

import akka.http.javadsl.model.HttpRequest;
import dev.windrose.decide.access.Rights;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.Change;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Identifier;
import dev.windrose.model.Permission;
import dev.windrose.model.Principal;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Authorizes calls, and refuses the others with 401 or 403. */
public final class Gate {

    private final Supplier<Catalog> catalog;

    public Gate(Supplier<Catalog> catalog) {
        this.catalog = catalog;
    }

    /** @throws Problem when {@code who} may not call that */
    public void require(Router.Match match, Principal who, HttpRequest request) {
        Permission permission = match.permission();
        if (permission == Permission.PUBLIC || who.mayEverywhere(permission)) {
            return;
        }
        String denial = who.denial();
        if (denial != null) {
            throw Problem.of(
                    who.equals(Principal.INVALID) ? Problem.Kind.UNKNOWN_KEY : Problem.Kind.UNAUTHENTICATED,
                    "credentials: " + denial + " (expected: Authorization: Bearer with a valid key or token)");
        }
        if (!who.maySomewhere(permission) || !covered(match, who, request)) {
            throw forbidden(who, permission);
        }
    }

    /**
     * The answer to a caller with limits that does not reveal which names exist: missing definitions are refused in the
     * same words as hidden ones.
     */
    public static Problem told(Problem problem, Router.Match match, Principal who) {
        boolean tells = problem.kind() == Problem.Kind.UNKNOWN_NAME || problem.kind() == Problem.Kind.UNKNOWN_REFERENCE;
        return tells && match.permission() != Permission.PUBLIC && !who.mayEverywhere(match.permission())
                ? forbidden(who, match.permission())
                : problem;
    }

    public static Problem forbidden(Principal who, Permission permission) {
        return Problem.of(Problem.Kind.FORBIDDEN, Rights.refusal(who, permission));
    }

    private Rights rights() {
        return new Rights(catalog.get());
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
                // A request without a rule concerns every region.
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
                                rights().labels(new RuleId(named.get(0))),
                                List.of(new RegionId(lower(named.get(1)))),
                                true);
        };
    }

    /** Names of regions may be in any case. */
    private static String lower(String region) {
        return region.toLowerCase(Locale.ROOT);
    }

    /** An invalid name belongs to nothing that exists; the handler reports it. */
    private static boolean isName(String text) {
        return Identifier.FORM.matcher(text).matches();
    }

    /** Whether the caller may do that to the rule; if it does not exist, only unlimited grants allow it. */
    public boolean reads(Principal who, Permission permission, RuleId rule) {
        return reads(who, permission, DefinitionKey.rule(rule));
    }

    /**
     * Whether the caller may do that to a rule or geographic rule; if it does not exist, only unlimited grants allow
     * it.
     */
    public boolean reads(Principal who, Permission permission, DefinitionKey key) {
        return rights().reads(who, permission, key);
    }

    /**
     * Whether the caller may see the definition and its history. A removed definition belongs to no region, so only
     * unlimited grants cover it; keys are shown only by their own calls.
     */
    public boolean sees(Call call, DefinitionKey key) {
        return rights().sees(call.principal(), key);
    }

    /** What the caller may see, including which regions. */
    public Visibility sight(Call call) {
        return new Visibility() {

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

    /** The regions named by definitions that the caller may see. */
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

    /** @throws Problem when the caller may not see the definition and its history */
    public void requireSight(Call call, DefinitionKey key) {
        if (!sees(call, key)) {
            throw forbidden(call.principal(), Permission.READ);
        }
    }

    /** @throws Problem when {@code call} may not change the current definition, whatever the edit is */
    public void requireEdit(Call call, DefinitionKey key) {
        if (catalog.get().state(key) == null && !call.principal().mayEverywhere(call.permission())) {
            throw forbidden(call.principal(), call.permission());
        }
        requireEdit(call, key, Change.Kind.CHANGED, Map.of());
    }

    /** @throws Problem when the definition exists and {@code call} may not change it; creation is refused elsewhere */
    public void requireReplace(Call call, DefinitionKey key) {
        if (catalog.get().state(key) != null) {
            requireEdit(call, key);
        }
    }

    /** @throws Problem when {@code call} may not change the definition from its current to its resulting state */
    public void requireEdit(Call call, DefinitionKey key, Change.Kind kind, Map<String, String> fields) {
        if (!rights().edits(call.principal(), call.permission(), call.operated(), key, kind, fields)) {
            throw forbidden(call.principal(), call.permission());
        }
    }
}
