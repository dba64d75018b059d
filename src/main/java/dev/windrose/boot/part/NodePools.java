package dev.windrose.boot.part;

import dev.windrose.live.pool.Pool;
import dev.windrose.live.pool.Pools;
import dev.windrose.live.reach.NameResolver;
import dev.windrose.watch.Meters;
import dev.windrose.watch.PoolMeters;

/**
 * The node's pools for blocking work, one per purpose. Work that outsiders can delay shares no pool with the node's own
 * duties. See the table in docs/reference/node.md.
 */
public final class NodePools {

    public final Pools all;

    /** Files: snapshots, the latency map, certificates, geography. The blocking dispatcher of the data plane. */
    public final Pool files;

    /** The database, by replication, metrics and repairs. The blocking dispatcher of the control plane. */
    public final Pool database;

    /** Database reads of API calls for history and audit, which callers may request often. */
    public final Pool questions;

    /** Writes of the audit to the database and the file. */
    public final Pool audit;

    /** The sweeps over all connections, which end slow ones. */
    public final Pool connections;

    /** Starts and ends of the control plane. */
    public final Pool control;

    /** Computations of TLS handshakes with targets. */
    public final Pool handshakes;

    /** Name lookups of targets. */
    public final NameResolver.Lanes names;

    /** Name lookups and handshakes for fetches of an issuer's keys. */
    public final Pool issuer;

    public NodePools(Meters meters) {
        all = new Pools(new PoolMeters(meters.registry()), meters.alarms());
        files = all.open("files", 4, 10_000);
        database = all.open("database", 16, 10_000);
        questions = all.open("questions", 4, 64);
        audit = all.open("audit", 2, 100);
        connections = all.open("connections", 2, 16);
        control = all.open("control", 4, 100);
        handshakes = all.open("handshakes", 2, 10_000);
        names = new NameResolver.Lanes(
                all.open("names", 16, 10_000), all.open("names-new", 64, 10_000), all.open("names-late", 8, 1000));
        issuer = all.open("issuer", 2, 16);
    }
}
