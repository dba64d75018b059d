package dev.windrose.live.listen;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the traffic of a connection to the cluster port can come from a node. For one connection and one
 * thread.
 */
interface PreambleCheck {

    /** Inspects the bytes without consuming them. Returns why no node would send them, or null. */
    @Nullable
    String look(ByteBuffer bytes);

    /** Enough was valid to forward it. */
    boolean begun();

    /** Something an outsider cannot produce: a complete frame, or the end of a handshake. */
    boolean proven();

    /** Complete frames or records so far. */
    long complete();

    /** Within a frame or a record, of which more must come. */
    boolean midway();
}
