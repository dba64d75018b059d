package dev.windrose.decide.route;

import java.util.Arrays;
import java.util.List;

/**
 * The table of keys that {@link KeyTable} replaced, to compare with: targets take turns in filling it (Eisenbud et al., Maglev,
 * NSDI 2016), and its size depends on their number.
 */
final class MaglevTable {

    private static final int[] PRIMES = {251, 503, 1021, 2039, 4093, 8191, 16381, 32749, 65537};

    private final byte[] table;

    MaglevTable(List<String> names, double[] weights) {
        int size = Arrays.stream(PRIMES)
                .filter(prime -> prime > 100 * names.size())
                .findFirst()
                .orElseThrow();
        int count = names.size();
        double largest = Arrays.stream(weights).max().orElse(0);
        long[] offset = new long[count];
        long[] skip = new long[count];
        for (int i = 0; i < count; i++) {
            long hash = BitMixer.hash(names.get(i));
            offset[i] = Long.remainderUnsigned(hash, size);
            skip[i] = Long.remainderUnsigned(BitMixer.mix(hash), size - 1) + 1;
        }
        table = new byte[size];
        Arrays.fill(table, (byte) -1);
        double[] credit = new double[count];
        long[] next = new long[count];
        for (int filled = 0; filled < size; ) {
            for (int i = 0; i < count && filled < size; i++) {
                credit[i] += weights[i] / largest;
                while (credit[i] >= 1 && filled < size) {
                    credit[i] -= 1;
                    int at;
                    do {
                        at = (int) ((offset[i] + next[i]++ % size * skip[i]) % size);
                    } while (table[at] >= 0);
                    table[at] = (byte) i;
                    filled++;
                }
            }
        }
    }

    int owner(String key) {
        return table[(int) Long.remainderUnsigned(BitMixer.hash(key), table.length)];
    }

    /** One choice as it was made. */
    Choice select(String key, Choice[] byTarget, long serving) {
        int at = (int) Long.remainderUnsigned(BitMixer.hash(key), table.length);
        for (int step = 0; step < table.length; step++) {
            int target = table[at];
            if ((serving >>> target & 1) != 0) {
                return byTarget[target];
            }
            at = at + 1 == table.length ? 0 : at + 1;
        }
        throw new IllegalStateException("nobody serves");
    }
}
