package dev.windrose.decide.route;

import dev.windrose.model.Client;
import java.util.Arrays;
import java.util.List;

/** Keeps a key on one target for as long as that target serves, and spreads keys by weight. */
final class ConsistentHash implements Selector {

    /*
     * Maglev hashing: each target fills a table in an order of its own, taking turns in proportion to weight. A lookup
     * is one division. The table is made of all targets, serving or not, and a key whose target does not serve walks on
     * to the next entry that does: the keys of those that serve stay where they are, and come back when the target does.
     * Source: Eisenbud et al., Maglev, NSDI 2016, section 3.4; weights as in Envoy.
     */

    private static final int[] PRIMES = {251, 503, 1021, 2039, 4093, 8191, 16381, 32749, 65537};

    private final byte[] table;
    private final Choice[] byTarget;
    private final long serving;
    private final Selector keyless;

    /**
     * Built once for a rule's targets and weights.
     *
     * @param table from {@link #table}
     * @param byTarget a choice for each target of the rule
     * @param serving bit i is set when target i serves; at least one is
     * @param keyless chooses for clients without a key
     */
    ConsistentHash(byte[] table, Choice[] byTarget, long serving, Selector keyless) {
        this.table = table;
        this.byTarget = byTarget;
        this.serving = serving;
        this.keyless = keyless;
    }

    @Override
    public Choice select(Client client, long sequence) {
        String key = client.affinityKey();
        if (key == null) {
            return keyless.select(client, sequence);
        }
        long hash = Mixing.hash(key);
        int at = (int) Long.remainderUnsigned(hash, table.length);
        for (int step = 0; step < table.length; step++) {
            int target = table[at];
            if ((serving >>> target & 1) != 0) {
                return byTarget[target];
            }
            at = at + 1 == table.length ? 0 : at + 1;
        }
        return keyless.select(client, sequence);
    }

    /** A size that keeps the imbalance near 1 %: the smallest prime of the list above 100 entries a target. */
    static int sizeFor(int targets) {
        for (int prime : PRIMES) {
            if (prime > 100 * targets) {
                return prime;
            }
        }
        return PRIMES[PRIMES.length - 1];
    }

    /**
     * Fills a table.
     *
     * @param names of the targets; the same names give the same table on every node
     * @param weights at least 0; all 0 counts as all equal
     * @param size a prime
     */
    static byte[] table(List<String> names, double[] weights, int size) {
        int count = names.size();
        double largest = Arrays.stream(weights).max().orElse(0);
        long[] offset = new long[count];
        long[] skip = new long[count];
        for (int i = 0; i < count; i++) {
            long hash = Mixing.hash(names.get(i));
            offset[i] = Long.remainderUnsigned(hash, size);
            skip[i] = Long.remainderUnsigned(Mixing.mix(hash), size - 1) + 1;
        }
        byte[] table = new byte[size];
        Arrays.fill(table, (byte) -1);
        double[] credit = new double[count];
        long[] next = new long[count];
        int filled = 0;
        while (true) {
            for (int i = 0; i < count; i++) {
                credit[i] += largest > 0 ? weights[i] / largest : 1;
                while (credit[i] >= 1) {
                    credit[i] -= 1;
                    int at;
                    do {
                        at = (int) ((offset[i] + next[i]++ % size * skip[i]) % size);
                    } while (table[at] >= 0);
                    table[at] = (byte) i;
                    if (++filled == size) {
                        return table;
                    }
                }
            }
        }
    }
}
