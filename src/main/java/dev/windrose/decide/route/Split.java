package dev.windrose.decide.route;

import dev.windrose.model.Client;

/** Splits clients in given shares: those with an affinity key by their key, the others evenly over time. */
final class Split implements Selector {

    private final Choice[] choices;
    private final WeightedRoundRobin shares;

    /**
     * For the clients that one target does not keep.
     *
     * @param choices at least one
     * @param shares of each choice, at least 0
     */
    Split(Choice[] choices, double[] shares) {
        this.choices = choices;
        this.shares = new WeightedRoundRobin(choices, shares);
    }

    @Override
    public Choice select(Client client, long sequence) {
        String key = client.affinityKey();
        return key == null ? shares.select(client, sequence) : choices[shares.candidate(BitMixer.hash(key))];
    }
}
