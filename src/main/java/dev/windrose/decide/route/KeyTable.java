package dev.windrose.decide.route;

import java.util.Arrays;
import java.util.List;

/**
 * Which target each of 65,536 slots of keys belongs to: by weight, and so that a change of the targets moves few of them.
 *
 * <p>Immutable. The same targets with the same weights make the same table on every node, whatever their order.
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
     * Moved, as a multiple of the least possible, of 100,000 keys, mean and worst target added or removed, and how far the
     * slots of a target are from its weight (KeyTableTest prints them):
     *
     *   equal weights     2 to 3: 1.00, 1.00    10 to 11: 1.01, 1.02    63 to 64: 1.13, 1.16     at most 1.3 %
     *   weights 1 to 10   2 to 3: 1.00, 1.01    20 to 21: 1.04, 1.09    63 to 64: 1.15           at most 3.7 %
     *
     * A target of less than half a percent of the weight is moved for little, and the corrections of the others then weigh
     * more beside it: up to 1.5 times the least, which is 0.15 % of all keys.
     *
     * Sources: Thaler and Ravishankar, Using Name-Based Mappings to Increase Hit Rates, 1998; Schindelhauer and Schomaker,
     * Weighted Distributed Hash Tables, 2005, for the logarithm.
     */

    static final int SLOTS = 1 << 16;

    private static final int CORRECTIONS = 4;
    private static final double EVEN_ENOUGH = 0.01;

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
            words[slot >>> 6 - shift] |= (long) owner[slot] << (slot << shift);
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
        float[][] costs = new float[count][];
        double[] goal = new double[count];
        double[] factor = new double[count];
        double sum = 0;
        for (long weight : weights) {
            sum += weight;
        }
        for (int i = 0; i < count; i++) {
            costs[i] = costs(Mixing.hash(names.get(i)));
            goal[i] = weights[i] / sum * SLOTS;
            factor[i] = 1 / goal[i];
        }
        byte[] owner = new byte[SLOTS];
        for (int round = 0; ; round++) {
            int[] owned = settle(costs, factor, owner);
            boolean even = true;
            for (int i = 0; i < count; i++) {
                if (round == 0) {
                    // Nobody is corrected by more than it takes: each correction moves keys when the set changes.
                    goal[i] = Math.max(goal[i] * (1 - EVEN_ENOUGH), Math.min(goal[i] * (1 + EVEN_ENOUGH), owned[i]));
                }
                even &= Math.abs(owned[i] - goal[i]) < 1;
            }
            if (even || round == CORRECTIONS) {
                return new KeyTable(owner, count);
            }
            for (int i = 0; i < count; i++) {
                factor[i] *= Math.max(0.5, owned[i] / goal[i]);
            }
        }
    }

    /** Gives each slot to the target whose cost times factor is least, the first one of equals; how many each owns. */
    private static int[] settle(float[][] costs, double[] factor, byte[] owner) {
        int[] owned = new int[costs.length];
        for (int slot = 0; slot < SLOTS; slot++) {
            int least = 0;
            double cost = costs[0][slot] * factor[0];
            for (int i = 1; i < costs.length; i++) {
                double other = costs[i][slot] * factor[i];
                if (other < cost) {
                    cost = other;
                    least = i;
                }
            }
            owner[slot] = (byte) least;
            owned[least]++;
        }
        return owned;
    }

    /** The costs of one target: all of {@link #COSTS}, in an order of its own. */
    private static float[] costs(long seed) {
        int mask = SLOTS - 1;
        int before = (int) Mixing.mix(seed);
        // Multiplying by an odd number and folding the upper half down can both be undone, so no number comes twice.
        int first = (int) Mixing.mix(seed + 1) | 1;
        int second = (int) Mixing.mix(seed + 2) | 1;
        int third = (int) Mixing.mix(seed + 3) | 1;
        float[] costs = new float[SLOTS];
        for (int slot = 0; slot < SLOTS; slot++) {
            int x = (slot ^ before) & mask;
            x = x * first & mask;
            x ^= x >>> 8;
            x = x * second & mask;
            x ^= x >>> 7;
            x = x * third & mask;
            x ^= x >>> 8;
            costs[slot] = COSTS[x];
        }
        return costs;
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
        return (int) (words[slot >>> 6 - shift] >>> (slot << shift) & mask);
    }

    /** Bit i is set when target i owns a slot. */
    long owners() {
        return owners;
    }

    /** What it takes in memory. */
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

    @Override
    public String toString() {
        return "KeyTable" + Arrays.toString(counts(Long.SIZE - Long.numberOfLeadingZeros(owners)));
    }
}
