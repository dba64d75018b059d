package dev.windrose.boot.part;

import dev.windrose.live.supervision.Readiness;
import dev.windrose.live.supervision.Supervision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The running control plane, if any, and whether it is ready. Safe for all threads. */
public final class RunningControlPlane {

    private final DataDir dataDir;
    private final Supervision dataActors;
    private final AtomicInteger up;

    /** The unmet part of each readiness check, in the order in which they pass during a start. */
    private final Map<Check, Supplier<@Nullable String>> checks = new TreeMap<>();

    private volatile @Nullable ControlPlane now = null;
    private volatile boolean wasUp = false;
    private volatile Runnable launcher = () -> {};

    /** The readiness checks, in the order in which they pass during a start. */
    public enum Check {
        MEMBER,
        FILES,
        DEFINITIONS,
        TABLE,
        JOURNAL
    }

    /** @param up the gauge that shows whether this node is an Up member */
    RunningControlPlane(DataDir dataDir, Supervision dataActors, AtomicInteger up) {
        this.dataDir = dataDir;
        this.dataActors = dataActors;
        this.up = up;
    }

    /** Adds a check to {@link #readiness}; called by parts when they start in the data plane. */
    public void check(Check check, Supplier<@Nullable String> missing) {
        checks.put(check, missing);
    }

    /** Whether this node is an Up member of the cluster. */
    public boolean isUp() {
        return up.get() == 1;
    }

    /** Whether it was one at any time since the process started. */
    public boolean wasUp() {
        return wasUp;
    }

    /**
     * Sets {@code launcher}, by which the supervisor starts a control plane now if it is waiting for its next attempt.
     */
    public void startsBy(Runnable launcher) {
        this.launcher = launcher;
    }

    /** Starts a control plane now, if none is running. */
    public void startNow() {
        launcher.run();
    }

    /** This node is an Up member. */
    public void up() {
        wasUp = true;
        up.set(1);
    }

    /** All parts of {@code control} have started. */
    public synchronized void began(ControlPlane control) {
        control.publish();
        now = control;
    }

    /** The control plane ends. */
    public synchronized void ended(ControlPlane control) {
        up.set(0);
        now = null;
        control.end();
    }

    /** Whether this node takes part in the cluster and accepts edits. Does not block. */
    public Readiness readiness() {
        ControlPlane control = now;
        if (control == null) {
            String why = dataDir.problem();
            return new Readiness(List.of(Readiness.Check.missing(
                    "member", why == null ? "the control plane is not running; decisions continue" : why)));
        }
        List<Readiness.Check> all = new ArrayList<>();
        checks.forEach((check, missing) -> all.add(checked(check.name().toLowerCase(Locale.ROOT), missing.get())));
        Map<String, String> away = new TreeMap<>(control.actors().missing());
        away.putAll(dataActors.missing());
        List<String> missing = new ArrayList<>();
        away.forEach((actor, why) -> missing.add(actor + " " + why));
        all.add(checked("parts", missing.isEmpty() ? null : String.join(", ", missing)));
        return new Readiness(all);
    }

    private static Readiness.Check checked(String name, @Nullable String missing) {
        return missing == null ? Readiness.Check.fine(name) : Readiness.Check.missing(name, missing);
    }
}
