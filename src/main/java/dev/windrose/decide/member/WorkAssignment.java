package dev.windrose.decide.member;

import java.util.Collection;

/** Assigns work to the nodes of a region without coordination. */
public final class WorkAssignment {

    /*
     * Rendezvous hashing: every node scores every piece of work, and the highest score takes it. When a node comes or
     * goes, only its own share moves. Source: Thaler and Ravishankar, 1998.
     */

    /**
     * Whether {@code self} takes the piece of work.
     *
     * @param nodes all nodes, {@code self} included; every node must know the same ones for each piece to have one taker
     */
    public static boolean takes(String self, Collection<String> nodes, String work) {
        long own = score(self, work);
        for (String node : nodes) {
            long score = score(node, work);
            if (score > own || (score == own && node.compareTo(self) > 0)) {
                return false;
            }
        }
        return true;
    }

    /** The score of a node for a piece of work; any number. */
    public static long score(String node, String work) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < node.length(); i++) {
            hash = (hash ^ node.charAt(i)) * 0x100000001B3L;
        }
        for (int i = 0; i < work.length(); i++) {
            hash = (hash ^ work.charAt(i)) * 0x100000001B3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
        return hash ^ (hash >>> 31);
    }

    private WorkAssignment() {}
}
