package dev.windrose.decide.access;

import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.Permission;
import dev.windrose.model.Principal;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller's grants permit on the existing definitions.
 *
 * @param catalog the existing definitions
 */
public record Rights(Catalog catalog) {

    /** The message for a caller without permission; it does not reveal whether the definition exists. */
    public static String refusal(Principal who, Permission permission) {
        return who.name() + ": not allowed to " + permission.wireName()
                + " this, or everything it would change; or it does not exist (expected: a role with that"
                + " permission, and a grant whose limits cover it, see docs/reference/access.md)";
    }

    /**
     * Whether the caller may do that to a rule or geographic rule; if it does not exist, only unlimited grants allow
     * it.
     */
    public boolean reads(Principal who, Permission permission, DefinitionKey key) {
        if (who.mayEverywhere(permission)) {
            return true;
        }
        DefinitionState state = catalog.state(key);
        return state != null && who.may(permission, labels(key, state), DefinitionCodec.targets(state), false);
    }

    /**
     * Whether the caller may see the definition and its history. A removed definition belongs to no region, so only
     * unlimited grants cover it; keys are shown only by their own calls.
     */
    public boolean sees(Principal who, DefinitionKey key) {
        if (key.kind() == DefinitionKey.Kind.KEY) {
            return false;
        }
        if (who.mayEverywhere(Permission.READ)) {
            return true;
        }
        DefinitionState state = catalog.state(key);
        return key.kind() == DefinitionKey.Kind.REGION
                ? who.may(Permission.READ, Map.of(), List.of(new RegionId(key.name())), true)
                : state != null && who.may(Permission.READ, labels(key, state), DefinitionCodec.targets(state), false);
    }

    /**
     * Whether the caller may change the definition from its current state to that after the edit.
     *
     * @param permission the permission that admitted the call
     * @param operated the one target of a rule that is operated on; null for the whole definition
     */
    public boolean edits(
            Principal who,
            Permission permission,
            @Nullable RegionId operated,
            DefinitionKey key,
            Change.Kind kind,
            Map<String, String> fields) {
        if (who.mayEverywhere(permission)) {
            return true;
        }
        DefinitionState before = catalog.state(key);
        DefinitionState after = kind == Change.Kind.REMOVED
                ? null
                : before == null
                        ? DefinitionState.EMPTY.edited(Change.Kind.CREATED, fields)
                        : before.edited(Change.Kind.CHANGED, fields);
        if (before == null && after == null) {
            return false;
        }
        if (permission == Permission.EDIT || key.kind() == DefinitionKey.Kind.KEY) {
            EditImpact touched = EditImpact.by(key, before, after, catalog.states());
            return !touched.everything()
                    && touched.parts().stream()
                            .allMatch(part -> who.may(permission, part.labels(), part.regions(), true));
        }
        for (@Nullable DefinitionState state : new @Nullable DefinitionState[] {before, after}) {
            if (state != null && !operates(who, permission, operated, key, state)) {
                return false;
            }
        }
        return true;
    }

    /** An operator of a region, or of a rule's target, may drain it, wherever its clients go then. */
    private boolean operates(
            Principal who,
            Permission permission,
            @Nullable RegionId operated,
            DefinitionKey key,
            DefinitionState state) {
        List<RegionId> regions = key.kind() == DefinitionKey.Kind.REGION
                ? List.of(new RegionId(key.name()))
                : operated != null ? List.of(operated) : new ArrayList<>(DefinitionCodec.targets(state));
        Map<String, String> labels = key.kind() == DefinitionKey.Kind.REGION ? Map.of() : labels(key, state);
        return who.may(permission, labels, regions, true);
    }

    private Map<String, String> labels(DefinitionKey key, DefinitionState state) {
        if (key.kind() == DefinitionKey.Kind.RULE) {
            return DefinitionCodec.labels(state);
        }
        GeographicRule rule = DefinitionCodec.geographicRule(key.name(), state);
        RuleId only = rule == null ? null : rule.rule();
        return only == null ? Map.of() : labels(only);
    }

    /** The labels of a rule; empty when it does not exist. */
    public Map<String, String> labels(RuleId rule) {
        DefinitionState state = catalog.state(DefinitionKey.rule(rule));
        return state == null ? Map.of() : DefinitionCodec.labels(state);
    }
}
