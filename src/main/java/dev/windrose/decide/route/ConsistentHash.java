package dev.windrose.decide.route;

import dev.windrose.model.Client;

/** Keeps a key on one target for as long as that target serves, and distributes keys by weight. */
final class ConsistentHash implements Selector {

    /*
     * The table contains all targets, serving or not. A key whose target does not serve moves on to the next slot of
     * one that does: the keys of serving targets stay, and moved keys return with their target. A lookup is a hash, a
     * shift and one read.
     */

    private final KeyTable table;
    private final Choice[] byOwner;
    private final long serving;
    private final Selector keyless;

    /**
     * Built once for a rule's targets and weights.
     *
     * @param byTarget a choice for each target of the rule
     * @param serving bit i is set when target i of the rule serves
     * @param keyless chooses for clients without a key, and where no target with slots serves
     */
    ConsistentHash(KeyTables.Of of, Choice[] byTarget, long serving, Selector keyless) {
        this.table = of.table();
        this.byOwner = new Choice[of.targets().length];
        long owners = 0;
        for (int i = 0; i < byOwner.length; i++) {
            byOwner[i] = byTarget[of.targets()[i]];
            owners |= (serving >>> of.targets()[i] & 1) << i;
        }
        this.serving = owners & table.owners();
        this.keyless = keyless;
    }

    @Override
    public Choice select(Client client, long sequence) {
        String key = client.affinityKey();
        if (key == null || serving == 0) {
            return keyless.select(client, sequence);
        }
        int slot = KeyTable.slot(BitMixer.hash(key));
        int owner = table.owner(slot);
        while ((serving >>> owner & 1) == 0) {
            slot = slot + 1 & KeyTable.SLOTS - 1;
            owner = table.owner(slot);
        }
        return byOwner[owner];
    }
}
