package dev.windrose.decide.route;

import dev.windrose.model.Authority;
import dev.windrose.model.Client;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Rule;
import dev.windrose.model.TargetHealth;
import org.jspecify.annotations.Nullable;

/**
 * A rule made ready for deciding: who may serve is settled, and every possible answer is made.
 *
 * <p>Immutable but for the loads it reads. Arrays are by target and must not be written to.
 */
public final class CompiledRule {

    private final Rule rule;
    private final Tier tier;
    private final long candidates;
    private final TargetHealth[] health;
    private final double[] weights;
    private final double[] kept;
    private final TargetLoad[] loads;
    private final Selector selector;
    private final Object madeFrom;
    private final @Nullable Pace pace;

    CompiledRule(
            Rule rule,
            Tier tier,
            long candidates,
            TargetHealth[] health,
            double[] weights,
            double[] kept,
            TargetLoad[] loads,
            Selector selector,
            Object madeFrom,
            @Nullable Pace pace) {
        this.rule = rule;
        this.tier = tier;
        this.candidates = candidates;
        this.health = health;
        this.weights = weights;
        this.kept = kept;
        this.loads = loads;
        this.selector = selector;
        this.madeFrom = madeFrom;
        this.pace = pace;
    }

    /**
     * Which region this client should use now.
     *
     * @param sequence number of this decision among the rule's decisions on this node; any value is valid
     */
    public Choice decide(Client client, long sequence) {
        return selector.select(client, sequence);
    }

    public Rule rule() {
        return rule;
    }

    public Tier tier() {
        return tier;
    }

    /** Whether the algorithm may choose the target of that index at present. */
    public boolean isCandidate(int target) {
        return (candidates >>> target & 1) != 0;
    }

    public HealthStatus status(int target) {
        return health[target].status();
    }

    /** Who is believed about the target. */
    public Authority authority(int target) {
        return health[target].authority();
    }

    /** Share of the clients chosen for the target that it keeps, 0 to 1. */
    public double kept(int target) {
        return kept[target];
    }

    /** Share of the target's weight among all targets, 0 to 1. */
    public double weight(int target) {
        return weights[target];
    }

    /** Latency by this region's own checks in ms; NaN when never measured. */
    public double measuredMs(int target) {
        return health[target].latencyMs();
    }

    public TargetLoad load(int target) {
        return loads[target];
    }

    /** Share of the clients that still go where they went before, because the rule may not move more now; 0 to 1. */
    public double heldBack() {
        return pace == null ? 0 : pace.held();
    }

    /** How the rule's traffic moves, or null when it may move as it likes. */
    @Nullable
    Pace pace() {
        return pace;
    }

    /** What this was compiled from; equal sources need no second compilation. */
    Object madeFrom() {
        return madeFrom;
    }
}
