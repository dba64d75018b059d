package dev.windrose.decide.route;

import dev.windrose.model.Client;
import org.jspecify.annotations.Nullable;

/** Redirects the clients that a target may not have at present because it is warming up, degraded or full. */
final class Admission implements Selector {

    /*
     * The last step, so that it binds every step before it. A client with an affinity key is admitted by its key, so
     * that it stays where it is while a share grows or shrinks; if sessions may stay longer than other clients, it has
     * a share of its own. The others are admitted by the sequence number of the decision, at the point frac(k *
     * sqrt(2)) of the unit interval: a rotation like that of weighted round robin, but by another irrational number,
     * because the same one would admit exactly the decisions that chose the target.
     */

    private static final long ROOT_OF_TWO = 0x6A09E667F3BCC909L;

    private final Selector chosen;
    private final int[] admitted;
    private final int[] admittedSessions;
    private final @Nullable Selector[] elsewhere;

    /**
     * Arrays are by target.
     *
     * @param kept share of its clients that a target keeps, 0 to 1
     * @param keptSessions the same of its clients with an affinity key, at least as much
     * @param elsewhere where the others go, null for nowhere
     */
    Admission(Selector chosen, double[] kept, double[] keptSessions, @Nullable Selector[] elsewhere) {
        this.chosen = chosen;
        this.elsewhere = elsewhere;
        this.admitted = points(kept);
        this.admittedSessions = points(keptSessions);
    }

    private static int[] points(double[] shares) {
        int[] points = new int[shares.length];
        for (int i = 0; i < shares.length; i++) {
            points[i] = shares[i] >= 1 ? Integer.MAX_VALUE : (int) (shares[i] * Integer.MAX_VALUE);
        }
        return points;
    }

    @Override
    public Choice select(Client client, long sequence) {
        Choice choice = chosen.select(client, sequence);
        int target = choice.target();
        if (target < 0) {
            return choice;
        }
        int most = client.affinityKey() == null ? admitted[target] : admittedSessions[target];
        if (most == Integer.MAX_VALUE) {
            return choice;
        }
        Selector other = elsewhere[target];
        if (other == null || point(client, sequence) < most) {
            return choice;
        }
        return other.select(client, sequence);
    }

    private static int point(Client client, long sequence) {
        String key = client.affinityKey();
        long turned = key == null ? sequence * ROOT_OF_TWO : BitMixer.mix(BitMixer.hash(key) + 1);
        return (int) (turned >>> 33);
    }
}
