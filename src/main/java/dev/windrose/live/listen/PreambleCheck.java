package dev.windrose.live.listen;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the traffic of a connection to the cluster port can come from a node. For one connection and one
 * thread.
 */
interface PreambleCheck {

    /** Looks at the bytes, and takes none. Returns why no node says that, or null. */
    @Nullable
    String look(ByteBuffer bytes);

    /** So much was right that it may be handed on. */
    boolean begun();

    /** What strangers do not get to: a complete frame, or the end of a handshake. */
    boolean proven();

    /** Complete frames or records so far. */
    long complete();

    /** In the middle of a frame or a record, of which more must come. */
    boolean midway();
}
