package dev.windrose.live.rule;

import dev.windrose.decide.rule.Digest;
import dev.windrose.decide.rule.RuleState;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What identifies the state of every definition of this region, for the comparison with other regions. Thread-safe. */
final class Digests {

    /** So many that the definitions of one bucket fit into a message even when there are 10,000. */
    static final int BUCKETS = 256;

    /** States of one message: well below the frame of the exchange between nodes, whatever their characters. */
    private static final long CHARACTERS = 40_000;

    private record Known(RuleState state, long hash) {}

    private final Map<String, Known> known = new ConcurrentHashMap<>();

    static int bucket(String entity) {
        return Math.floorMod(entity.hashCode(), BUCKETS);
    }

    void heard(String entity, RuleState state) {
        known.merge(entity, made(state), (before, now) -> {
            RuleState merged = before.state().merge(now.state());
            return merged.equals(before.state()) ? before : made(merged);
        });
    }

    private static Known made(RuleState state) {
        return new Known(state, HexFormat.fromHexDigitsToLong(state.revision()));
    }

    int size() {
        return known.size();
    }

    /** One number for each bucket: equal in two regions when all its definitions are, and else almost never. */
    List<Long> buckets() {
        long[] buckets = new long[BUCKETS];
        known.forEach((entity, state) -> {
            int bucket = bucket(entity);
            // The name is mixed in by a multiplication, so that two definitions that swap states do not cancel out.
            buckets[bucket] ^= state.hash() * (2L * entity.hashCode() + 1);
        });
        return Arrays.stream(buckets).boxed().toList();
    }

    /** The states of some definitions, as many as fit into one message; those that nobody has heard of are not there. */
    Map<String, RuleState> states(Collection<String> entities) {
        Map<String, RuleState> states = new TreeMap<>();
        long characters = 0;
        for (String entity : entities) {
            Known found = known.get(entity);
            if (found != null && (states.isEmpty() || characters + size(found.state()) <= CHARACTERS)) {
                characters += size(found.state());
                states.put(entity, found.state());
            }
        }
        return states;
    }

    private static long size(RuleState state) {
        return state.fields().entrySet().stream()
                .mapToLong(field ->
                        64 + field.getKey().length() + field.getValue().text().length())
                .sum();
    }

    Map<String, Digest> entries(Collection<Integer> buckets) {
        Map<String, Digest> entries = new TreeMap<>();
        known.forEach((entity, known) -> {
            if (buckets.contains(bucket(entity))) {
                entries.put(entity, Digest.of(known.state()));
            }
        });
        return entries;
    }
}
