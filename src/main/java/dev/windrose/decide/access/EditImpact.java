package dev.windrose.decide.access;

import dev.windrose.decide.definition.DefinitionCodec;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Fields;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.Fallback;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an edit of a definition can affect: the definition itself and every rule whose clients it redirects. The editor
 * must be allowed to edit all of it, in the state before and in the state after.
 *
 * @param everything whether only unlimited grants cover it
 * @param parts otherwise, what grants must cover, each part by a single grant
 */
public record EditImpact(boolean everything, List<Part> parts) {

    /** Part of an edit: definitions with those labels in those regions. */
    public record Part(Map<String, String> labels, Set<RegionId> regions) {}

    private static final EditImpact EVERYTHING = new EditImpact(true, List.of());

    /** Of a region: fields that affect where clients are located, for all rules. */
    private static final List<String> PLACING = List.of(Fields.COORDINATE, Fields.AREAS);

    /** Of a region: fields that redirect the clients of rules that name it. */
    private static final List<String> SENDING = List.of(Fields.ENDPOINTS, Fields.CAPACITY, Fields.LEARN_CAPACITY);

    private static final Set<String> NOTHING = Set.of("", "0", "0.0", "false");

    public EditImpact {
        parts = List.copyOf(parts);
    }

    /**
     * Of an edit from {@code before} to {@code after}.
     *
     * @param before null when the definition does not exist
     * @param after null when it is removed
     * @param states of all definitions
     */
    public static EditImpact by(
            DefinitionKey key,
            @Nullable DefinitionState before,
            @Nullable DefinitionState after,
            Map<DefinitionKey, DefinitionState> states) {
        return switch (key.kind()) {
            case RULE -> rules(before, after);
            case GEOGRAPHIC_RULE -> geographicRules(key, before, after, states);
            case REGION -> region(new RegionId(key.name()), before, after, states);
            case KEY -> EVERYTHING;
        };
    }

    private static EditImpact rules(@Nullable DefinitionState before, @Nullable DefinitionState after) {
        List<Part> parts = new ArrayList<>();
        for (DefinitionState state : there(before, after)) {
            parts.add(rule(state, Set.of()));
        }
        return new EditImpact(false, parts);
    }

    /** A rule's clients may be in all its targets, and in its fallback. */
    private static Part rule(DefinitionState state, Collection<RegionId> others) {
        Set<RegionId> regions = new HashSet<>(DefinitionCodec.targets(state));
        RegionId fallback = fallback(state);
        if (fallback != null) {
            regions.add(fallback);
        }
        regions.addAll(others);
        return new Part(DefinitionCodec.labels(state), regions);
    }

    private static @Nullable RegionId fallback(DefinitionState state) {
        String text = state.text(Fields.FALLBACK);
        try {
            return text == null || text.isEmpty() ? null : Fallback.parse(text).region();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** One for a single rule moves that rule's clients; one for all moves those of future rules, too. */
    private static EditImpact geographicRules(
            DefinitionKey key,
            @Nullable DefinitionState before,
            @Nullable DefinitionState after,
            Map<DefinitionKey, DefinitionState> states) {
        List<Part> parts = new ArrayList<>();
        for (DefinitionState state : there(before, after)) {
            GeographicRule rule = DefinitionCodec.geographicRule(key.name(), state);
            RuleId only = rule == null ? null : rule.rule();
            if (only == null) {
                return EVERYTHING;
            }
            DefinitionState moved = states.get(DefinitionKey.rule(only));
            parts.add(rule(
                    moved == null || !moved.exists() ? DefinitionState.EMPTY : moved, DefinitionCodec.targets(state)));
        }
        return new EditImpact(false, parts);
    }

    private static EditImpact region(
            RegionId region,
            @Nullable DefinitionState before,
            @Nullable DefinitionState after,
            Map<DefinitionKey, DefinitionState> states) {
        if (PLACING.stream().anyMatch(field -> differs(field, before, after))) {
            return EVERYTHING;
        }
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(Map.of(), Set.of(region)));
        if (SENDING.stream().anyMatch(field -> differs(field, before, after))) {
            states.forEach((key, state) -> {
                if (key.kind() == DefinitionKey.Kind.RULE
                        && state.exists()
                        && (DefinitionCodec.targets(state).contains(region) || region.equals(fallback(state)))) {
                    parts.add(rule(state, Set.of()));
                }
            });
        }
        return new EditImpact(false, parts);
    }

    /** An absent field has no effect, nor has one that states the default. */
    private static boolean differs(String field, @Nullable DefinitionState before, @Nullable DefinitionState after) {
        return !Objects.equals(text(field, before), text(field, after));
    }

    private static String text(String field, @Nullable DefinitionState state) {
        String text = state == null || !state.exists() ? null : state.text(field);
        return text == null || NOTHING.contains(text) ? "" : text;
    }

    private static List<DefinitionState> there(@Nullable DefinitionState before, @Nullable DefinitionState after) {
        List<DefinitionState> there = new ArrayList<>();
        for (@Nullable DefinitionState state : new @Nullable DefinitionState[] {before, after}) {
            if (state != null && state.exists()) {
                there.add(state);
            }
        }
        return there;
    }
}
