package dev.windrose.live.failover;

import dev.windrose.decide.failover.EvacuationPlan;
import dev.windrose.decide.whatif.Scenario;
import dev.windrose.decide.whatif.WhatIf;
import dev.windrose.live.table.Director;
import dev.windrose.model.HealthView;
import dev.windrose.model.RegionId;
import java.util.function.Supplier;

/** Computes the effect of evacuating a region, from what this node currently knows. Safe for all threads. */
public final class EvacuationPlanner {

    private final WhatIf whatIf;
    private final Director director;
    private final Supplier<? extends HealthView> health;

    /** @param health the current assessment */
    public EvacuationPlanner(RegionId self, Director director, Supplier<? extends HealthView> health) {
        this.whatIf = new WhatIf(self);
        this.director = director;
        this.health = health;
    }

    public EvacuationPlan plan(RegionId region) {
        return whatIf.evacuation(
                new Scenario(
                        director.catalog(),
                        director.regions(),
                        health.get(),
                        director.tallies().demand()),
                region);
    }
}
