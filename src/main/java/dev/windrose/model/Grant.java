package dev.windrose.model;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A role, and what it is limited to.
 *
 * <p>Its text is {@code role}, then {@code ;region=NAME} for each region and {@code ;label.KEY=VALUE} for each label:
 * {@code operator;region=eu-west-1;label.team=shop}.
 *
 * @param regions the only ones it holds for; empty: all
 * @param labels those a rule must have, with these values; empty: every rule
 */
public record Grant(Role role, Set<RegionId> regions, Map<String, String> labels) {

    public static final int MAX_LIMITS = 32;

    private static final String REGION = "region=";
    private static final String LABEL = "label.";

    public Grant {
        regions = Set.copyOf(regions);
        labels = Map.copyOf(labels);
        if (regions.size() + labels.size() > MAX_LIMITS) {
            throw new IllegalArgumentException(
                    "grant: " + (regions.size() + labels.size()) + " limits (expected: at most " + MAX_LIMITS + ")");
        }
    }

    /** @throws IllegalArgumentException when the text is none of a grant */
    public static Grant parse(String text) {
        String[] parts = text.split(";", -1);
        Role role = Role.named(parts[0]);
        if (role == null) {
            throw wrong(text);
        }
        Set<RegionId> regions = new TreeSet<>();
        Map<String, String> labels = new TreeMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (parts[i].startsWith(REGION)) {
                regions.add(new RegionId(parts[i].substring(REGION.length())));
            } else if (parts[i].startsWith(LABEL) && equals > 0) {
                labels.put(
                        Identifier.require("label", parts[i].substring(LABEL.length(), equals)),
                        Identifier.require("label", parts[i].substring(equals + 1)));
            } else {
                throw wrong(text);
            }
        }
        return new Grant(role, regions, labels);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("grant: '" + (text.length() <= 80 ? text : text.substring(0, 80) + "...")
                + "' (expected: viewer, operator, editor, admin, auditor or agent, then ;region=NAME and"
                + " ;label.KEY=VALUE)");
    }

    /** The inverse of {@link #parse}. */
    public String text() {
        StringBuilder text = new StringBuilder(role.wireName());
        new TreeSet<>(regions).forEach(region -> text.append(';').append(REGION).append(region));
        new TreeMap<>(labels)
                .forEach((key, value) ->
                        text.append(';').append(LABEL).append(key).append('=').append(value));
        return text.toString();
    }

    /** Whether it holds for everything. */
    public boolean unlimited() {
        return regions.isEmpty() && labels.isEmpty();
    }

    /**
     * Whether it holds for something with those labels in those regions.
     *
     * @param all of the regions must be among its own; else one is enough
     */
    public boolean covers(Map<String, String> having, Collection<RegionId> in, boolean all) {
        for (Map.Entry<String, String> label : labels.entrySet()) {
            if (!label.getValue().equals(having.get(label.getKey()))) {
                return false;
            }
        }
        if (regions.isEmpty()) {
            return true;
        }
        return all ? !in.isEmpty() && regions.containsAll(in) : in.stream().anyMatch(regions::contains);
    }
}
