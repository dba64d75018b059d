package dev.windrose.decide.member;

/**
 * What a node says of itself to the nodes that may be in one cluster with it.
 *
 * @param address host:port of its exchange with other nodes
 * @param uid of its actor system: another one after each start of its control plane
 * @param region that it is in
 * @param journal names the database of that region's journal as this node has it; empty before it is known
 * @param able whether it has what it needs to found a cluster: its journal is open
 * @param favours the address of the seed that it lets found, of those it hears; empty for none
 * @param member whether it is in a cluster, or on its way in
 * @param cluster the id of that, which sorts by the time of its founding; empty while it is not known
 * @param regions with members in that, as it sees it
 * @param nodes of that, as it sees it
 */
public record NodeAnnouncement(
        String address,
        long uid,
        String region,
        String journal,
        boolean able,
        String favours,
        boolean member,
        String cluster,
        int regions,
        int nodes) {}
