package dev.windrose.live.definition;

import dev.windrose.decide.definition.DefinitionDigest;
import dev.windrose.decide.definition.DefinitionState;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The digests of all definitions of this region, for comparison with other regions. Thread-safe. */
final class DefinitionDigests {

    /** Enough buckets that the definitions of one bucket fit into a message even when there are 10,000. */
    static final int BUCKETS = 256;

    /** Size limit of the states in one message: well below the frame size between nodes, whatever their characters. */
    private static final long CHARACTERS = 40_000;

    private record Known(DefinitionState state, long hash) {}

    private final List<Map<String, Known>> byBucket = Stream.generate(
                    () -> (Map<String, Known>) new ConcurrentHashMap<String, Known>())
            .limit(BUCKETS)
            .toList();

    static int bucket(String entity) {
        return Math.floorMod(entity.hashCode(), BUCKETS);
    }

    void heard(String entity, DefinitionState state) {
        of(entity).merge(entity, made(state), (before, now) -> {
            DefinitionState merged = before.state().merge(now.state());
            return merged.equals(before.state()) ? before : made(merged);
        });
    }

    private static Known made(DefinitionState state) {
        return new Known(state, HexFormat.fromHexDigitsToLong(state.revision()));
    }

    private Map<String, Known> of(String entity) {
        return byBucket.get(bucket(entity));
    }

    boolean has(String entity) {
        return of(entity).containsKey(entity);
    }

    int size() {
        return byBucket.stream().mapToInt(Map::size).sum();
    }

    /** The known state of one definition. */
    DefinitionDigest digest(String entity) {
        Known found = of(entity).get(entity);
        return found == null ? DefinitionDigest.NOTHING : DefinitionDigest.of(found.state());
    }

    /** One hash for each bucket: equal in two regions when all its definitions are, and otherwise almost never. */
    List<Long> buckets() {
        long[] buckets = new long[BUCKETS];
        byBucket.forEach(known -> known.forEach((entity, state) -> {
            // The name is mixed in by a multiplication, so that two definitions that swap states do not cancel out.
            buckets[bucket(entity)] ^= state.hash() * (2L * entity.hashCode() + 1);
        }));
        return Arrays.stream(buckets).boxed().toList();
    }

    /** The states of some definitions, as many as fit into one message; unknown ones are omitted. */
    Map<String, DefinitionState> states(Collection<String> entities) {
        Map<String, DefinitionState> states = new TreeMap<>();
        long characters = 0;
        for (String entity : entities) {
            Known found = of(entity).get(entity);
            if (found != null && (states.isEmpty() || characters + size(found.state()) <= CHARACTERS)) {
                characters += size(found.state());
                states.put(entity, found.state());
            }
        }
        return states;
    }

    private static long size(DefinitionState state) {
        long fields = state.fields().entrySet().stream()
                .mapToLong(field ->
                        64 + field.getKey().length() + field.getValue().text().length())
                .sum();
        return fields + state.causes().size();
    }

    /** The states of all definitions of one bucket. */
    Map<String, DefinitionState> states(int bucket) {
        Map<String, DefinitionState> states = new HashMap<>();
        byBucket.get(bucket).forEach((entity, known) -> states.put(entity, known.state()));
        return states;
    }

    Map<String, DefinitionDigest> entries(Collection<Integer> buckets) {
        Map<String, DefinitionDigest> entries = new TreeMap<>();
        buckets.stream()
                .filter(bucket -> bucket >= 0 && bucket < BUCKETS)
                .forEach(bucket -> byBucket.get(bucket)
                        .forEach((entity, known) -> entries.put(entity, DefinitionDigest.of(known.state()))));
        return entries;
    }
}
