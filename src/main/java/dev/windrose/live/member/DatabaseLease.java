package dev.windrose.live.member;

import akka.actor.Cancellable;
import akka.actor.ExtendedActorSystem;
import akka.cluster.Cluster;
import akka.cluster.Member;
import akka.coordination.lease.LeaseSettings;
import akka.coordination.lease.javadsl.Lease;
import dev.windrose.live.journal.JournalSetup;
import dev.windrose.live.journal.LeaseTable;
import dev.windrose.live.journal.MemberTable;
import dev.windrose.live.pool.Offload;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease on a row of the region's database: of two nodes of a region that cannot reach each other, the holder
 * survives. Named in {@code windrose/akka-control.conf}; created by Akka.
 *
 * <p>It is held until released. An owner that cannot renew it gives it up, and reports so, before another node can have
 * it.
 */
public final class DatabaseLease extends Lease {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseLease.class);

    /**
     * Time between two reads of a lease that another has: a fraction of the time after which a living owner is seen to
     * live.
     */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private final LeaseSettings settings;
    private final ExtendedActorSystem system;
    private final JournalSetup setup;
    private final LeaseTable table;
    private final @Nullable MemberTable members;
    private final Executor blocking;
    private final AtomicBoolean held = new AtomicBoolean();
    private final AtomicReference<@Nullable Cancellable> holding = new AtomicReference<>();
    private volatile long heldNanos;

    public DatabaseLease(LeaseSettings settings, ExtendedActorSystem system) {
        this.settings = settings;
        this.system = system;
        this.setup = JournalSetup.of(system);
        this.table = setup.leases();
        this.members = setup.members();
        this.blocking = system.dispatchers().lookup("windrose-lease-dispatcher");
    }

    @Override
    public LeaseSettings getSettings() {
        return settings;
    }

    @Override
    public CompletionStage<Boolean> acquire() {
        return acquire(lost -> {});
    }

    @Override
    public CompletionStage<Boolean> acquire(Consumer<Optional<Throwable>> lost) {
        if (setup.suspect()) {
            // The others may have removed this node: it gives way, and rejoins.
            LOG.warn(
                    "lease [{}] owner [{}] not requested: this process was paused",
                    settings.leaseName(),
                    settings.ownerName());
            return CompletableFuture.completedFuture(false);
        }
        return tried(System.nanoTime(), "").thenApply(acquired -> {
            LOG.info("lease [{}] owner [{}] acquired [{}]", settings.leaseName(), settings.ownerName(), acquired);
            held.set(acquired);
            if (acquired) {
                holdOn(lost);
            }
            return acquired;
        });
    }

    /*
     * Of two deaths within half a minute, the second may be that of a node that still has the lease from the first. So
     * a refused node keeps watching: an owner that renews the lease lives, and keeps it; one that does not is dead, and
     * its lease expires.
     */

    /** @param before the owner at the previous attempt; empty at the first */
    private CompletionStage<Boolean> tried(long sinceNanos, String before) {
        long began = System.nanoTime();
        return asked(() -> taken(unreachable()))
                .thenCompose(acquired -> {
                    if (acquired) {
                        heldNanos = began;
                        return CompletableFuture.completedFuture(true);
                    }
                    return asked(() -> table.holder(settings.leaseName()))
                            .thenCompose(holder -> refused(sinceNanos, before, holder));
                })
                .exceptionallyCompose(failure -> {
                    // A briefly slow database is no reason to give up the only remaining side.
                    LOG.warn("lease [{}] will be retried, cause [{}]", settings.leaseName(), String.valueOf(failure));
                    return refused(sinceNanos, "", "");
                });
    }

    private boolean taken(Collection<MemberTable.Named> gone) throws SQLException {
        long seconds = timeout().toSeconds();
        return members == null
                ? table.acquire(settings.leaseName(), settings.ownerName(), seconds)
                : members.takeOver(settings.leaseName(), settings.ownerName(), seconds, gone);
    }

    /** The members of this region that the lease holder's side downs. */
    private Set<MemberTable.Named> unreachable() {
        Set<MemberTable.Named> unreachable = new HashSet<>();
        if (members != null) {
            Cluster cluster = Cluster.get(system);
            for (Member member : cluster.state().getUnreachable()) {
                if (member.dataCenter().equals(cluster.selfDataCenter())) {
                    unreachable.add(MemberHeartbeat.named(member));
                }
            }
        }
        return unreachable;
    }

    private CompletionStage<Boolean> refused(long sinceNanos, String before, String holder) {
        boolean lives = !before.isEmpty() && !holder.isEmpty() && !holder.equals(before);
        long atMost = timeout().plusSeconds(1).toNanos();
        if (lives || System.nanoTime() - sinceNanos > atMost) {
            return CompletableFuture.completedFuture(false);
        }
        Executor later = CompletableFuture.delayedExecutor(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        return CompletableFuture.supplyAsync(() -> holder, later).thenCompose(seen -> tried(sinceNanos, seen));
    }

    @Override
    public CompletionStage<Boolean> release() {
        letGo();
        return asked(() -> {
            table.release(settings.leaseName(), settings.ownerName());
            return true;
        });
    }

    @Override
    public boolean checkLease() {
        return held.get();
    }

    private Duration timeout() {
        return settings.timeoutSettings().getHeartbeatTimeout();
    }

    private void holdOn(Consumer<Optional<Throwable>> lost) {
        Duration every = settings.timeoutSettings().getHeartbeatInterval();
        Cancellable before = holding.getAndSet(
                system.scheduler().scheduleWithFixedDelay(every, every, () -> holdOnOnce(lost), system.dispatcher()));
        if (before != null) {
            before.cancel();
        }
    }

    private void holdOnOnce(Consumer<Optional<Throwable>> lost) {
        long began = System.nanoTime();
        CompletionStage<Boolean> unused = asked(() -> taken(List.of())).handle((still, failure) -> {
            if (Boolean.TRUE.equals(still)) {
                heldNanos = began;
            } else if (failure == null || began - heldNanos > timeout().toNanos() / 2) {
                // Half of the lease's time: after all of it, another node may have it.
                gaveUp(lost, failure);
            }
            return still;
        });
    }

    private void gaveUp(Consumer<Optional<Throwable>> lost, @Nullable Throwable failure) {
        if (held.get()) {
            LOG.warn("lease [{}] owner [{}] lost", settings.leaseName(), settings.ownerName());
            letGo();
            lost.accept(Optional.ofNullable(failure));
        }
    }

    private void letGo() {
        held.set(false);
        Cancellable running = holding.getAndSet(null);
        if (running != null) {
            running.cancel();
        }
    }

    private <T> CompletionStage<T> asked(Callable<T> statement) {
        Duration atMost = settings.timeoutSettings().getOperationTimeout();
        long asked = System.nanoTime();
        return Offload.to(blocking, () -> {
                    if (System.nanoTime() - asked > atMost.toNanos() / 6) {
                        // A later start might complete after the requester has given up.
                        throw new SQLException("abandoned before it began");
                    }
                    return statement.call();
                })
                .orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }
}
