package dev.windrose.boot.part;

import akka.actor.typed.ActorRef;
import dev.windrose.front.http.EvacuationResource;
import dev.windrose.front.http.FailbackResource;
import dev.windrose.front.http.Resource;
import dev.windrose.live.failover.EvacuationPlanner;
import dev.windrose.live.failover.Evacuations;
import dev.windrose.live.failover.FailoverRecorder;
import java.util.List;

/** Records what a majority sees of targets, and empties regions. */
public final class FailoverPart implements Part {

    private final HealthPart health;
    private final TablePart table;
    private final RulePart rules;
    private final Slot<ActorRef<FailoverRecorder.Command>> recorder = new Slot<>("failover recorder");
    private final Started<DataPlane> plane = new Started<>("failover");
    private final Started<EvacuationPlanner> planner = new Started<>("evacuation planner");

    public FailoverPart(HealthPart health, TablePart table, RulePart rules) {
        this.health = health;
        this.table = table;
        this.rules = rules;
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
        planner.set(new EvacuationPlanner(data.self(), table.director(), health::picture));
        health.hear(seen -> {
            ActorRef<FailoverRecorder.Command> running = recorder.get();
            if (running != null) {
                running.tell(new FailoverRecorder.Pending(seen.turns()));
            }
        });
    }

    @Override
    public void start(ControlPlane control) {
        DataPlane data = plane.get();
        control.keep(
                recorder,
                control.start(
                        "failover-recorder",
                        FailoverRecorder.create(
                                rules.gateway(control), data.self(), data.regions(), System::nanoTime)));
        control.start(
                "evacuations",
                Evacuations.create(
                        rules.gateway(control),
                        data.self(),
                        data.regions(),
                        table.director(),
                        planner.get(),
                        data.clock()::epochMs));
    }

    @Override
    public List<Resource> calls() {
        DataPlane data = plane.get();
        return List.of(
                new EvacuationResource(
                        table.director(), data.clock(), planner.get(), health.secondApprover(), rules.edits()),
                new FailbackResource(table.director(), data.clock(), rules.edits()));
    }
}
