package dev.windrose.model;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which regions clients may be served in, by where they are. Binds everything: no failover, panic, spill or exploration leaves
 * it.
 *
 * @param allowed by area, country or region, lower case; {@link #EVERYBODY_ELSE} for those whom no other entry names
 */
public record Residency(Map<String, Set<RegionId>> allowed) {

    /** The entry of those whom no other one names. */
    public static final String EVERYBODY_ELSE = "*";

    /**
     * Binds those of whom nobody knows where they are, where nothing is said of everybody else: any entry may be theirs, so they
     * are served only where every entry allows it.
     */
    public static final String ANYWHERE_AT_ALL = "?";

    public static final int MAX_ENTRIES = 32;

    /** Everybody may be served everywhere. */
    public static final Residency NONE = new Residency(Map.of());

    public Residency {
        Map<String, Set<RegionId>> copy = new HashMap<>();
        allowed.forEach((place, regions) -> copy.put(place, Set.copyOf(regions)));
        allowed = Map.copyOf(copy);
    }

    /**
     * The entry that binds a client: that of the smallest place it is in.
     *
     * @param lineage the client's place and what it lies in, smallest first
     * @return null when the client may be served everywhere
     */
    public @Nullable String entry(Collection<String> lineage) {
        for (String place : lineage) {
            if (allowed.containsKey(place)) {
                return place;
            }
        }
        return allowed.containsKey(EVERYBODY_ELSE) ? EVERYBODY_ELSE : null;
    }

    /** The regions that every entry allows. */
    public Set<RegionId> allowedByAll() {
        Set<RegionId> common = new HashSet<>();
        allowed.values().forEach(common::addAll);
        allowed.values().forEach(common::retainAll);
        return common;
    }

    /**
     * The first entry whose clients nobody could serve without that region; null when there is none.
     *
     * @param serves whether a region is among those that serve
     */
    public @Nullable String emptied(RegionId without, Predicate<RegionId> serves) {
        for (String entry : new TreeSet<>(allowed.keySet())) {
            Set<RegionId> regions = allowed.getOrDefault(entry, Set.of());
            if (regions.contains(without)
                    && regions.stream().noneMatch(region -> !region.equals(without) && serves.test(region))) {
                return entry;
            }
        }
        return null;
    }

    /** Whether a client bound by that entry may be served in that region. */
    public boolean entryAllows(@Nullable String entry, RegionId region) {
        return entry == null
                || (entry.equals(ANYWHERE_AT_ALL)
                        ? allowed.values().stream().allMatch(regions -> regions.contains(region))
                        : allowed.getOrDefault(entry, Set.of()).contains(region));
    }
}
