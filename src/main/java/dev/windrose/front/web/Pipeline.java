package dev.windrose.front.web;

import dev.windrose.live.access.Authenticator;
import dev.windrose.live.audit.AuditLog;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What every request passes through, whatever it asks for. Everything is safe for all threads and waits for nothing.
 *
 * @param access says who calls
 * @param gate says whether they may
 * @param audit is told who did what
 * @param fast answers the plain routing call, without a detour
 * @param caughtUp whether this node knows what the others of its region know
 * @param onItsWay how long an edit waits for a region that is not known here, which may be on its way
 * @param drained whether load balancers are to take this node out
 */
public record Pipeline(
        Authenticator access,
        Gate gate,
        AuditLog audit,
        FastPath fast,
        BooleanSupplier caughtUp,
        Supplier<Duration> onItsWay,
        BooleanSupplier drained) {}
