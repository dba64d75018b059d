package dev.windrose.front.web;

import dev.windrose.live.access.Authenticator;
import dev.windrose.live.audit.AuditLog;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What every request passes through. Everything is safe for all threads and never blocks.
 *
 * @param access authenticates the caller
 * @param gate authorizes the call
 * @param audit records changes and refusals
 * @param fast answers the plain routing call directly
 * @param caughtUp whether this node has what the other nodes of its region have
 * @param onItsWay how long an edit waits for a region that is unknown here, because its definition may be in transit
 * @param drained whether load balancers should take this node out
 */
public record Pipeline(
        Authenticator access,
        Gate gate,
        AuditLog audit,
        FastPath fast,
        BooleanSupplier caughtUp,
        Supplier<Duration> onItsWay,
        BooleanSupplier drained) {}
