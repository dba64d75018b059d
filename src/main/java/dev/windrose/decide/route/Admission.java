package dev.windrose.decide.route;

import dev.windrose.model.Client;
import org.jspecify.annotations.Nullable;

/** Sends on the part of a target's clients that it may not have now: one that warms up, is degraded, or is full. */
final class Admission implements Selector {

    /*
     * The last step, so that it binds every step before it. A client with an affinity key is admitted by its key, so that
     * it stays where it is while a share grows or shrinks; the others by the sequence number of the decision, on the
     * point frac(k * sqrt(2)) of the unit interval: a rotation like the one of weighted round robin, but by another
     * irrational number, because by the same one it would admit the same decisions that chose the target.
     */

    private static final long ROOT_OF_TWO = 0x6A09E667F3BCC909L;

    private final Selector chosen;
    private final int[] admitted;
    private final @Nullable Selector[] elsewhere;

    /**
     * Both arrays are by target.
     *
     * @param kept share of its clients that a target keeps, 0 to 1
     * @param elsewhere where the others go, null when there is no other place
     */
    Admission(Selector chosen, double[] kept, @Nullable Selector[] elsewhere) {
        this.chosen = chosen;
        this.elsewhere = elsewhere;
        this.admitted = new int[kept.length];
        for (int i = 0; i < kept.length; i++) {
            admitted[i] = kept[i] >= 1 ? Integer.MAX_VALUE : (int) (kept[i] * Integer.MAX_VALUE);
        }
    }

    @Override
    public Choice select(Client client, long sequence) {
        Choice choice = chosen.select(client, sequence);
        int target = choice.target();
        if (target < 0 || admitted[target] == Integer.MAX_VALUE) {
            return choice;
        }
        Selector other = elsewhere[target];
        if (other == null || point(client, sequence) < admitted[target]) {
            return choice;
        }
        return other.select(client, sequence);
    }

    private static int point(Client client, long sequence) {
        String key = client.affinityKey();
        long turned = key == null ? sequence * ROOT_OF_TWO : Mixing.mix(Mixing.hash(key) + 1);
        return (int) (turned >>> 33);
    }
}
