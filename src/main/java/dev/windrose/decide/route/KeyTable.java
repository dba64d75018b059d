package dev.windrose.decide.route;

import java.util.Arrays;
import java.util.List;

/**
 * Maps 65,536 slots of affinity keys to targets, by weight, such that a change of the targets moves few slots.
 *
 * <p>Immutable. The same targets with the same weights give the same table on every node, whatever their order.
 */
final class KeyTable {

    /*
     * Weighted rendezvous, written down. Each slot has a score for each target, and belongs to the target whose
     * -ln(score) / weight is least. The scores depend on slot and target alone, so a target that comes takes slots from the
     * others and one that goes gives them back, and no other slot moves: the least that is possible. The number of slots is
     * fixed, because a slot that means other keys moves them all; the table that was here before grew with the number of
     * targets, and one target more moved 83 % of all keys.
     *
     * Plain rendezvous is as uneven as throwing dice: 64 targets of 1,024 slots each would differ by 10 %. Two things
     * make it even. The scores of one target are a permutation of the same numbers over all slots instead of dice, which
     * halves the variance at no price. And targets whose share is still off by more than a percent are weighted a little
     * more or less until it is not: that is what costs movement, for those corrections change with the set. It grows with
     * the square root of the number of slots, while what has to move grows with their number: 65,536 slots are enough for
     * 64 targets, a quarter of them are not (1.4 times the least, the worst 1.6).
     *
     * The obvious other way is Maglev's table in one fixed size (Eisenbud et al., NSDI 2016), which this one replaced. It is
     * exactly even and as quick to look up, but its targets take turns, and every turn that changes hands moves those behind
     * it: with 65,537 entries it moves 1.30 times the least among 64 equal targets, 1.34 at worst, and 1.35 and 2.1 when
     * their weights are 1 to 10. Rendezvous at every question needs no table and costs 64 logarithms.
     *
     * Moved, as a multiple of the least possible, in the mean and by the worst target of those removed, and how far the slots
     * of a target are from its weight (mvn test -Dtest=ConsistentHashTest prints them):
     *
     *   equal weights     3: 1.00, 1.00, 0.3 %    11: 1.01, 1.01, 1.1 %    21: 1.02, 1.03, 1.1 %    64: 1.14, 1.18, 1.8 %
     *   weights 1 to 10   3: 1.00, 1.00, 0.3 %    11: 1.02, 1.04, 1.0 %    21: 1.02, 1.05, 1.1 %    64: 1.17, 1.49, 1.7 %
     *
     * The worst of the last is a target of a third of a percent of the weight: little has to move for it, and the corrections of
     * the 63 others weigh more beside that. Of all keys it is at most 0.27 % that move for nothing.
     *
     * A lookup costs what Maglev's costs (KeyBenchmark, in one run on a busy machine: 39, 41 and 55 ns beside 38, 43 and 46 for
     * 3, 20 and 64 targets, the best of 25 measurements 24, 23 and 35 beside 25, 26 and 36) and allocates nothing. A table costs
     * 2 ms of processor time for 3 targets and 20 ms for 64, which is why rules share them and keep them.
     *
     * Sources: Thaler and Ravishankar, Using Name-Based Mappings to Increase Hit Rates, 1998; Schindelhauer and Schomaker,
     * Weighted Distributed Hash Tables, 2005, for the logarithm.
     */

    static final int SLOTS = 1 << 16;

    private static final int CORRECTIONS = 4;
    private static final double EVEN_ENOUGH = 0.01;

    /** Maximum correction of a weight, up or down; targets that are further off have only a few slots. */
    private static final float MOST_CORRECTED = 1.12f;

    /** -ln of the middle of each of the {@link #SLOTS} parts of 0 to 1; by StrictMath, which is the same on every machine. */
    private static final float[] COSTS = costs();

    /** Bits of one entry are 1 << this: as few as the number of targets needs. */
    private final int shift;

    private final long mask;
    private final long[] words;
    private final long owners;

    private KeyTable(byte[] owner, int targets) {
        this.shift = targets <= 2 ? 0 : targets <= 4 ? 1 : targets <= 16 ? 2 : 3;
        this.mask = (1L << (1 << shift)) - 1;
        this.words = new long[SLOTS << shift >>> 6];
        long all = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            words[slot >>> (6 - shift)] |= (long) owner[slot] << (slot << shift);
            all |= 1L << owner[slot];
        }
        this.owners = all;
    }

    /**
     * Makes a table.
     *
     * @param names of the targets in ascending order, 1 to 64, each once
     * @param weights of the targets, above 0
     */
    static KeyTable of(List<String> names, long[] weights) {
        int count = names.size();
        Order[] orders = new Order[count];
        double[] goal = new double[count];
        double[] factor = new double[count];
        double sum = 0;
        for (long weight : weights) {
            sum += weight;
        }
        for (int i = 0; i < count; i++) {
            orders[i] = new Order(BitMixer.hash(names.get(i)));
            goal[i] = weights[i] / sum * SLOTS;
            factor[i] = 1 / goal[i];
        }
        byte[] owner = new byte[SLOTS];
        int[] near = owned(orders, factor, owner);
        int[] owned = counts(owner, count);
        for (int i = 0; i < count; i++) {
            // No target is corrected by more than necessary: each correction moves keys when the set changes.
            goal[i] = Math.max(goal[i] * (1 - EVEN_ENOUGH), Math.min(goal[i] * (1 + EVEN_ENOUGH), owned[i]));
        }
        if (!isEven(owned, goal)) {
            correct(orders, factor, goal, near, owner);
        }
        return new KeyTable(owner, count);
    }

    /** Gives each slot to the target whose cost times factor is least, the first one of equals; which of them are nearly another's. */
    private static int[] owned(Order[] orders, double[] factor, byte[] owner) {
        float[] least = new float[SLOTS];
        float[] next = new float[SLOTS];
        Arrays.fill(least, Float.MAX_VALUE);
        Arrays.fill(next, Float.MAX_VALUE);
        for (int i = 0; i < orders.length; i++) {
            Order order = orders[i];
            float times = (float) factor[i];
            for (int slot = 0; slot < SLOTS; slot++) {
                float cost = COSTS[order.of(slot)] * times;
                if (cost < least[slot]) {
                    next[slot] = least[slot];
                    least[slot] = cost;
                    owner[slot] = (byte) i;
                } else if (cost < next[slot]) {
                    next[slot] = cost;
                }
            }
        }
        int[] near = new int[SLOTS];
        int found = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            if (next[slot] < least[slot] * (MOST_CORRECTED * MOST_CORRECTED)) {
                near[found++] = slot;
            }
        }
        return Arrays.copyOf(near, found);
    }

    /** Gives more weight to those that own too little, and the others less: only the slots that are nearly another's can change hands. */
    private static void correct(Order[] orders, double[] factor, double[] goal, int[] near, byte[] owner) {
        float[][] costs = new float[orders.length][near.length];
        for (int i = 0; i < orders.length; i++) {
            for (int at = 0; at < near.length; at++) {
                costs[i][at] = COSTS[orders[i].of(near[at])];
            }
        }
        double[] correction = new double[orders.length];
        Arrays.fill(correction, 1);
        for (int round = 0; round < CORRECTIONS; round++) {
            int[] owned = counts(owner, orders.length);
            if (isEven(owned, goal)) {
                return;
            }
            float[] least = new float[near.length];
            Arrays.fill(least, Float.MAX_VALUE);
            for (int i = 0; i < orders.length; i++) {
                correction[i] = Math.max(
                        1 / MOST_CORRECTED, Math.min(MOST_CORRECTED, correction[i] * Math.max(1, owned[i]) / goal[i]));
                float times = (float) (factor[i] * correction[i]);
                for (int at = 0; at < near.length; at++) {
                    float cost = costs[i][at] * times;
                    if (cost < least[at]) {
                        least[at] = cost;
                        owner[near[at]] = (byte) i;
                    }
                }
            }
        }
    }

    private static boolean isEven(int[] owned, double[] goal) {
        boolean even = true;
        for (int i = 0; i < goal.length; i++) {
            even &= Math.abs(owned[i] - goal[i]) < 1;
        }
        return even;
    }

    private static int[] counts(byte[] owner, int targets) {
        int[] counts = new int[targets];
        for (byte each : owner) {
            counts[each]++;
        }
        return counts;
    }

    /** The order in which one target has all of {@link #COSTS}, one for each slot. */
    private static final class Order {
        private final int before;
        private final int first;
        private final int second;
        private final int third;

        Order(long seed) {
            before = (int) BitMixer.mix(seed);
            // Multiplying by an odd number and folding the upper half down can both be undone, so no number comes
            // twice.
            first = (int) BitMixer.mix(seed + 1) | 1;
            second = (int) BitMixer.mix(seed + 2) | 1;
            third = (int) BitMixer.mix(seed + 3) | 1;
        }

        int of(int slot) {
            int x = (slot ^ before) * first & SLOTS - 1;
            x = (x ^ x >>> 8) * second & SLOTS - 1;
            x = (x ^ x >>> 7) * third & SLOTS - 1;
            return x ^ x >>> 8;
        }
    }

    private static float[] costs() {
        float[] costs = new float[SLOTS];
        for (int i = 0; i < SLOTS; i++) {
            costs[i] = (float) -StrictMath.log((i + 0.5) / SLOTS);
        }
        return costs;
    }

    /** The slot of a key, from the upper bits of its hash. */
    static int slot(long hash) {
        return (int) (hash >>> 48);
    }

    /** The target that owns the slot, by its place among the names. */
    int owner(int slot) {
        return (int) (words[slot >>> (6 - shift)] >>> (slot << shift) & mask);
    }

    /** Bit i is set when target i owns a slot. */
    long owners() {
        return owners;
    }

    /** Its memory use. */
    int bytes() {
        return words.length * Long.BYTES;
    }

    /** The slots of each target. */
    int[] counts(int targets) {
        int[] counts = new int[targets];
        for (int slot = 0; slot < SLOTS; slot++) {
            counts[owner(slot)]++;
        }
        return counts;
    }
}
