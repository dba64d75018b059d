package dev.windrose.decide.route;

import dev.windrose.model.Authority;
import dev.windrose.model.Client;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.LatencyAllowance;
import dev.windrose.model.Rule;
import org.jspecify.annotations.Nullable;

/**
 * A rule compiled for deciding: its eligible targets are determined, and every possible answer exists.
 *
 * <p>Immutable but for the loads and the round trips it reads. Arrays are by target and must not be written to.
 */
public final class CompiledRule {

    /** The rule as compiled for clients that its residency binds. */
    static final class Bound {
        private final PlaceDistances atlas;
        private final @Nullable CompiledRule[] byPlace;
        private final CompiledRule others;

        /**
         * @param byPlace by number of the place; null where no client is bound
         * @param others for clients of unknown place
         */
        Bound(PlaceDistances atlas, @Nullable CompiledRule[] byPlace, CompiledRule others) {
            this.atlas = atlas;
            this.byPlace = byPlace;
            this.others = others;
        }

        @Nullable
        CompiledRule of(Client client) {
            int place = client.known() ? atlas.place(client) : PlaceDistances.UNKNOWN;
            return place == PlaceDistances.UNKNOWN ? others : byPlace[place];
        }
    }

    private final EligibleTargets settled;
    private final Selector selector;
    private final StepChain steps;
    private final Object madeFrom;
    private final @Nullable MoveLimit pace;
    private final @Nullable Bound bound;

    CompiledRule(
            EligibleTargets settled,
            Selector selector,
            StepChain steps,
            Object madeFrom,
            @Nullable MoveLimit pace,
            @Nullable Bound bound) {
        this.settled = settled;
        this.selector = selector;
        this.steps = steps;
        this.madeFrom = madeFrom;
        this.pace = pace;
        this.bound = bound;
    }

    /**
     * Which region this client should use now.
     *
     * @param sequence number of this decision among the rule's decisions on this node; any value is valid
     */
    public Choice decide(Client client, long sequence) {
        return (bound == null ? this : of(client)).selector.select(client, sequence);
    }

    /**
     * The variant that decides for this client: this one, or the remainder of the rule where the client may not be
     * served everywhere.
     */
    public CompiledRule of(Client client) {
        CompiledRule found = bound == null ? null : bound.of(client);
        return found == null ? this : found;
    }

    /** The entry of the rule's residency that binds its clients; null for none. */
    public @Nullable String residency() {
        return settled.entry();
    }

    StepChain steps() {
        return steps;
    }

    /** The candidates, as indexes of targets, in their order. */
    int[] candidates() {
        return settled.targets();
    }

    public Rule rule() {
        return settled.rule();
    }

    public Tier tier() {
        return settled.tier();
    }

    /** Whether the algorithm may choose the target of that index at present. */
    public boolean isCandidate(int target) {
        return settled.isCandidate(target);
    }

    /** Whether the target has an endpoint: no target without one is chosen while another has one. */
    public boolean isReachable(int target) {
        return (settled.sources().reachable() >>> target & 1) != 0;
    }

    public HealthStatus status(int target) {
        return settled.health()[target].status();
    }

    /** The authority for the target's status. */
    public Authority authority(int target) {
        return settled.health()[target].authority();
    }

    /** Share of the clients chosen for the target that it keeps, 0 to 1. */
    public double kept(int target) {
        return settled.kept()[target];
    }

    /** Share of the target's weight among all targets, 0 to 1. */
    public double weight(int target) {
        return settled.weights()[target];
    }

    /** Latency by this region's own checks in ms; NaN when never measured. */
    public double measuredMs(int target) {
        return settled.health()[target].latencyMs();
    }

    /** The latency up to which a target counts as healthy. */
    public LatencyAllowance allowed(int target) {
        return settled.health()[target].allowed();
    }

    public TargetLoad load(int target) {
        return settled.loads()[target];
    }

    /**
     * Share of the clients that still go to their previous target, because the rule has reached its limit of moved
     * traffic; 0 to 1.
     */
    public double heldBack() {
        return pace == null ? 0 : pace.held();
    }

    /** The limit on the rule's moves, or null for none. */
    @Nullable
    MoveLimit pace() {
        return pace;
    }

    /** The inputs of this compilation; equal inputs need no recompilation. */
    Object madeFrom() {
        return madeFrom;
    }
}
