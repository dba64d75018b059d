package dev.windrose.boot;

import java.util.List;

/**
 * Whom a node asks to be let into the cluster, and whether it may found one.
 *
 * <p>Only the first seed may found. A region that was in a cluster once never founds another while the first may still
 * exist: it then waits until every other seed has answered that it is in no cluster either, which is so after all
 * regions were stopped, and it joins the first that answers that it is.
 *
 * @param seeds whom to ask, in order; the node itself comes first when it may found
 * @param patient waits for the answers of all, for ever, before it founds
 */
record Joining(List<String> seeds, boolean patient) {

    Joining {
        seeds = List.copyOf(seeds);
    }

    /**
     * @param seeds the list of the settings; empty: the node is alone
     * @param self host:port of this node
     * @param founded this region has been in a cluster before
     */
    static Joining plan(List<String> seeds, String self, boolean founded) {
        if (seeds.isEmpty()) {
            return new Joining(List.of(self), false);
        }
        boolean mayFound = seeds.get(0).equals(self);
        return new Joining(seeds, mayFound && founded);
    }
}
