package dev.windrose.decide.access;

import dev.windrose.decide.rule.Definitions;
import dev.windrose.decide.rule.Fields;
import dev.windrose.decide.rule.RuleState;
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
 * What an edit of a definition can move: not only what it is of, but every rule whose clients it sends elsewhere. Whoever edits
 * must be allowed to edit all of it, as it is before and as it would be after.
 *
 * @param everything whether only grants without limits cover it
 * @param parts otherwise what grants must cover, each by one of them
 */
public record Touched(boolean everything, List<Part> parts) {

    /** Something with those labels in those regions. */
    public record Part(Map<String, String> labels, Set<RegionId> regions) {}

    private static final Touched EVERYTHING = new Touched(true, List.of());

    /** Of a region: fields by which clients are placed, whichever rules they ask. */
    private static final List<String> PLACING = List.of(Fields.COORDINATE, Fields.AREAS);

    /** Of a region: fields by which the clients of rules that name it are sent elsewhere. */
    private static final List<String> SENDING = List.of(Fields.ENDPOINTS, Fields.CAPACITY, Fields.LEARN_CAPACITY);

    private static final Set<String> NOTHING = Set.of("", "0", "0.0", "false");

    public Touched {
        parts = List.copyOf(parts);
    }

    /**
     * By an edit that makes {@code after} of {@code before}.
     *
     * @param before null when the definition is not there
     * @param after null when it would not be there
     * @param states of all definitions
     */
    public static Touched by(
            DefinitionKey key,
            @Nullable RuleState before,
            @Nullable RuleState after,
            Map<DefinitionKey, RuleState> states) {
        return switch (key.kind()) {
            case RULE -> rules(before, after);
            case GEOGRAPHIC_RULE -> geographicRules(key, before, after, states);
            case REGION -> region(new RegionId(key.name()), before, after, states);
            case KEY -> EVERYTHING;
        };
    }

    private static Touched rules(@Nullable RuleState before, @Nullable RuleState after) {
        List<Part> parts = new ArrayList<>();
        for (RuleState state : there(before, after)) {
            parts.add(rule(state, Set.of()));
        }
        return new Touched(false, parts);
    }

    /** A rule's clients may be in all its targets, and in its fallback. */
    private static Part rule(RuleState state, Collection<RegionId> others) {
        Set<RegionId> regions = new HashSet<>(Definitions.targets(state));
        RegionId fallback = fallback(state);
        if (fallback != null) {
            regions.add(fallback);
        }
        regions.addAll(others);
        return new Part(Definitions.labels(state), regions);
    }

    private static @Nullable RegionId fallback(RuleState state) {
        String text = state.text(Fields.FALLBACK);
        try {
            return text == null || text.isEmpty() ? null : Fallback.parse(text).region();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** One that is for a rule moves that rule's clients; one that is for all moves those of rules that are yet to come, too. */
    private static Touched geographicRules(
            DefinitionKey key,
            @Nullable RuleState before,
            @Nullable RuleState after,
            Map<DefinitionKey, RuleState> states) {
        List<Part> parts = new ArrayList<>();
        for (RuleState state : there(before, after)) {
            GeographicRule rule = Definitions.geographicRule(key.name(), state);
            RuleId only = rule == null ? null : rule.rule();
            if (only == null) {
                return EVERYTHING;
            }
            RuleState moved = states.get(DefinitionKey.rule(only));
            parts.add(rule(moved == null || !moved.exists() ? RuleState.EMPTY : moved, Definitions.targets(state)));
        }
        return new Touched(false, parts);
    }

    private static Touched region(
            RegionId region,
            @Nullable RuleState before,
            @Nullable RuleState after,
            Map<DefinitionKey, RuleState> states) {
        if (PLACING.stream().anyMatch(field -> differs(field, before, after))) {
            return EVERYTHING;
        }
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(Map.of(), Set.of(region)));
        if (SENDING.stream().anyMatch(field -> differs(field, before, after))) {
            states.forEach((key, state) -> {
                if (key.kind() == DefinitionKey.Kind.RULE
                        && state.exists()
                        && (Definitions.targets(state).contains(region) || region.equals(fallback(state)))) {
                    parts.add(rule(state, Set.of()));
                }
            });
        }
        return new Touched(false, parts);
    }

    /** What is not there says nothing, as does what says what is so anyway. */
    private static boolean differs(String field, @Nullable RuleState before, @Nullable RuleState after) {
        return !Objects.equals(text(field, before), text(field, after));
    }

    private static String text(String field, @Nullable RuleState state) {
        String text = state == null || !state.exists() ? null : state.text(field);
        return text == null || NOTHING.contains(text) ? "" : text;
    }

    private static List<RuleState> there(@Nullable RuleState before, @Nullable RuleState after) {
        List<RuleState> there = new ArrayList<>();
        for (@Nullable RuleState state : new @Nullable RuleState[] {before, after}) {
            if (state != null && state.exists()) {
                there.add(state);
            }
        }
        return there;
    }
}
