package dev.windrose.decide.route;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The key tables in use: rules with the same targets and weights share one, and a recompiled rule keeps its own. For
 * one thread at a time.
 */
final class KeyTables {

    /** Weights are compared as fractions of the largest, so that the order of their summation makes no difference. */
    private static final double PARTS = 1L << 32;

    private record Key(List<String> names, List<Long> weights) {}

    private final Map<Key, WeakReference<KeyTable>> known = new HashMap<>();

    /** A table, and the targets that it names. */
    static final class Of {
        private final KeyTable table;
        private final int[] targets;

        private Of(KeyTable table, int[] targets) {
            this.table = table;
            this.targets = targets;
        }

        KeyTable table() {
            return table;
        }

        /** The index among the rule's targets of each that the table knows, in its order. Must not be written to. */
        int[] targets() {
            return targets;
        }
    }

    /**
     * The table of these targets.
     *
     * @param names at least one, each once
     * @param weights at least 0; a target of 0 has no keys, unless all are 0, which counts as all equal
     */
    Of of(List<String> names, double[] weights) {
        double largest = 0;
        for (double weight : weights) {
            largest = Math.max(largest, weight);
        }
        TreeMap<String, Integer> byName = new TreeMap<>();
        for (int i = 0; i < weights.length; i++) {
            if (parts(weights[i], largest) > 0) {
                byName.put(names.get(i), i);
            }
        }
        long[] parts = new long[byName.size()];
        List<Long> compared = new ArrayList<>();
        int[] targets = new int[byName.size()];
        int at = 0;
        for (int target : byName.values()) {
            parts[at] = parts(weights[target], largest);
            compared.add(parts[at]);
            targets[at++] = target;
        }
        Key key = new Key(List.copyOf(byName.keySet()), List.copyOf(compared));
        WeakReference<KeyTable> before = known.get(key);
        KeyTable table = before == null ? null : before.get();
        if (table == null) {
            table = KeyTable.of(key.names(), parts);
            known.put(key, new WeakReference<>(table));
        }
        return new Of(table, targets);
    }

    private static long parts(double weight, double largest) {
        return largest > 0 ? Math.round(weight / largest * PARTS) : 1;
    }

    /** Drops the tables that no rule uses. */
    void sweep() {
        known.values().removeIf(table -> table.get() == null);
    }
}
