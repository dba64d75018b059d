package dev.windrose.decide.member;

import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which regions are unreachable, by whose observation, and which a majority of all regions may evict.
 *
 * <p>A region is missed by another when none of that region's nodes has received anything from it for a time. Evicting
 * needs a majority of all known regions, the missed one included: of two sides of a partition at most one has it, and
 * of two regions that only a third one still reaches, neither evicts the other. Votes count by region, however many
 * nodes each has. For one thread at a time; time is any monotonic clock.
 */
public final class Votes {

    private record Voice(RegionId region, Set<RegionId> misses, long atNanos) {}

    private final String self;
    private final RegionId region;
    private final Set<RegionId> regions;
    private final long missedAfterNanos;
    private final long voiceAgeNanos;
    private final long sinceNanos;
    private final Map<RegionId, Long> presentSince = new HashMap<>();
    private final Map<RegionId, Long> heard = new HashMap<>();
    private final Map<String, Voice> voices = new HashMap<>();

    /**
     * @param self this node
     * @param region its region
     * @param regions all regions that are known, this one included
     * @param missedAfter time without news after which a region is missed; zero: never
     * @param voiceAge how long an announcement of a node counts
     * @param nowNanos when this node began to listen
     */
    public Votes(
            String self,
            RegionId region,
            Set<RegionId> regions,
            Duration missedAfter,
            Duration voiceAge,
            long nowNanos) {
        this.self = self;
        this.region = region;
        this.regions = Set.copyOf(regions);
        this.missedAfterNanos = missedAfter.toNanos();
        this.voiceAgeNanos = voiceAge.toNanos();
        this.sinceNanos = nowNanos;
    }

    /** A node announces itself, and the regions that it misses. */
    public void heard(String node, RegionId of, Set<RegionId> misses, long nowNanos) {
        if (!node.equals(self)) {
            heard.put(of, nowNanos);
            voices.put(node, new Voice(of, Set.copyOf(misses), nowNanos));
        }
    }

    /** A region has no node in the cluster: no node misses it, and when it joins, its time starts anew. */
    public void absent(RegionId other, long nowNanos) {
        presentSince.put(other, nowNanos);
    }

    /** Whether a node of the region was heard from recently. */
    public boolean hears(RegionId other, long nowNanos) {
        return other.equals(region) || nowNanos - heard.getOrDefault(other, nowNanos - voiceAgeNanos) < voiceAgeNanos;
    }

    /** The other regions that this node has not heard from for too long. */
    public Set<RegionId> missed(long nowNanos) {
        Set<RegionId> missed = new TreeSet<>();
        for (RegionId other : regions) {
            long last = Math.max(heard.getOrDefault(other, sinceNanos), presentSince.getOrDefault(other, sinceNanos));
            boolean gone = nowNanos - last >= missedAfterNanos;
            if (gone && missedAfterNanos > 0 && !other.equals(region)) {
                missed.add(other);
            }
        }
        return missed;
    }

    /** The regions that a majority of the known regions misses, as far as this node knows. */
    public Set<RegionId> evicted(long nowNanos) {
        voices.values().removeIf(voice -> nowNanos - voice.atNanos() >= voiceAgeNanos);
        Map<RegionId, Set<RegionId>> missedBy = new HashMap<>();
        missedBy.put(region, new HashSet<>(missed(nowNanos)));
        for (Voice voice : voices.values()) {
            missedBy.computeIfAbsent(voice.region(), first -> new HashSet<>(voice.misses()))
                    .retainAll(voice.misses());
        }
        Set<RegionId> evicted = new TreeSet<>();
        for (RegionId other : regions) {
            long votes = missedBy.entrySet().stream()
                    .filter(vote ->
                            regions.contains(vote.getKey()) && vote.getValue().contains(other))
                    .count();
            if (2 * votes > regions.size() && !other.equals(region)) {
                evicted.add(other);
            }
        }
        return evicted;
    }
}
