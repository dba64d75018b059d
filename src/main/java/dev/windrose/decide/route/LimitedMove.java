package dev.windrose.decide.route;

import dev.windrose.model.Client;

/** Keeps a share of the clients on their previous targets, because the rule has reached its limit of moved traffic. */
final class LimitedMove implements Selector {

    private static final long ROOT_OF_THREE = 0xBB67AE8584CAA73BL;

    private final Selector next;
    private final Selector before;
    private final int held;

    /** @param part of the clients that stays, 0 to 1 */
    LimitedMove(Selector next, Selector before, double part) {
        this.next = next;
        this.before = before;
        this.held = (int) (part * Integer.MAX_VALUE);
    }

    @Override
    public Choice select(Client client, long sequence) {
        String key = client.affinityKey();
        long turned = key == null ? sequence * ROOT_OF_THREE : BitMixer.mix(BitMixer.hash(key) + 2);
        return (int) (turned >>> 33) < held ? before.select(client, sequence) : next.select(client, sequence);
    }
}
