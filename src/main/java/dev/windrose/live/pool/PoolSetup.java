package dev.windrose.live.pool;

import akka.actor.setup.Setup;

/** Gives an actor system the pool for its blocking work: its blocking dispatcher is {@link PoolDispatcher}. */
public final class PoolSetup extends Setup {

    private final Pool blocking;

    public PoolSetup(Pool blocking) {
        this.blocking = blocking;
    }

    Pool blocking() {
        return blocking;
    }
}
