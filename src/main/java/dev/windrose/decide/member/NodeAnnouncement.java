package dev.windrose.decide.member;

/**
 * What a node announces about itself to the nodes that may share a cluster with it.
 *
 * @param address host:port of its exchange with other nodes
 * @param uid of its actor system: new after each start of its control plane
 * @param region that it is in
 * @param journal identifies the database of the region's journal as this node sees it; empty before it is known
 * @param able whether it can found a cluster: its journal is open
 * @param favours the address of the seed that it favours as founder, of those it receives announcements of; empty for
 *     none
 * @param member whether it is in a cluster, or joining one
 * @param cluster the id of that cluster, which sorts by founding time; empty while unknown
 * @param regions with members in that cluster, as it sees it
 * @param nodes of that cluster, as it sees it
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
