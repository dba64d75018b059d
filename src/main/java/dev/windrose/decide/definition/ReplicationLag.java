package dev.windrose.decide.definition;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Tracks which definitions lack something that another region has, and for how long.
 *
 * <p>A definition that changes continuously differs at every comparison without lagging. A definition therefore lags
 * only as long as it lacks what the other region had when the difference was first found. For one thread at a time.
 */
public final class ReplicationLag {

    private record Behind(DefinitionDigest theirs, long sinceNanos) {}

    private final Map<String, Behind> behind = new HashMap<>();

    /**
     * Records one comparison; whatever is in neither map is equal.
     *
     * @return the definitions that differ, whichever region is behind
     */
    public Set<String> compared(
            Map<String, DefinitionDigest> ours, Map<String, DefinitionDigest> theirs, long nowNanos) {
        Set<String> different = new TreeSet<>(ours.keySet());
        different.addAll(theirs.keySet());
        different.removeIf(
                entity -> of(ours, entity).revision().equals(of(theirs, entity).revision()));
        behind.keySet().retainAll(different);
        for (String entity : different) {
            DefinitionDigest own = of(ours, entity);
            DefinitionDigest other = of(theirs, entity);
            // With equal stamps and different texts neither is ahead, and nothing in transit can fix it.
            boolean ahead = own.covers(other);
            boolean even = ahead && other.covers(own);
            Behind before = behind.get(entity);
            if (ahead && !even) {
                behind.remove(entity);
            } else if (before == null || (!even && own.covers(before.theirs()))) {
                behind.put(entity, new Behind(other, nowNanos));
            }
        }
        return different;
    }

    /** The definitions that have lagged for longer than that. */
    public List<String> lasting(Duration longerThan, long nowNanos) {
        return behind.entrySet().stream()
                .filter(entry -> nowNanos - entry.getValue().sinceNanos() > longerThan.toNanos())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    private static DefinitionDigest of(Map<String, DefinitionDigest> digests, String entity) {
        return digests.getOrDefault(entity, DefinitionDigest.NOTHING);
    }
}
