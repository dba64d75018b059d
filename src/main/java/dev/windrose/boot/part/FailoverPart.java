package dev.windrose.boot.part;

import akka.actor.typed.ActorRef;
import dev.windrose.front.api.EvacuationResource;
import dev.windrose.front.api.FailbackResource;
import dev.windrose.front.web.Resource;
import dev.windrose.live.edit.EvacuationEditor;
import dev.windrose.live.failover.EvacuationPlanner;
import dev.windrose.live.failover.Evacuations;
import dev.windrose.live.failover.FailoverRecorder;
import dev.windrose.live.feed.Feed;
import java.util.List;

/** Records failovers and failbacks, and evacuates regions. */
public final class FailoverPart implements Part {

    private final HealthPart health;
    private final TablePart table;
    private final DefinitionPart rules;
    private final SetOnce<DataPlane> plane = new SetOnce<>("failover");
    private final SetOnce<EvacuationPlanner> planner = new SetOnce<>("evacuation planner");
    private final SetOnce<EvacuationEditor> evacuations = new SetOnce<>("evacuations");

    public FailoverPart(HealthPart health, TablePart table, DefinitionPart rules) {
        this.health = health;
        this.table = table;
        this.rules = rules;
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
        EvacuationPlanner planning = planner.set(new EvacuationPlanner(data.self(), table.director(), health::picture));
        evacuations.set(new EvacuationEditor(rules.editor(), planning::plan, data.clock()::epochMs));
    }

    @Override
    public void start(ControlPlane control) {
        DataPlane data = plane.get();
        ActorRef<FailoverRecorder.Command> recorder = control.start(
                "failover-recorder",
                FailoverRecorder.create(rules.editor(), data.self(), data.regions(), System::nanoTime));
        Feed.Subscription turns =
                health.pictures().subscribe(seen -> recorder.tell(new FailoverRecorder.Pending(seen.turns())));
        control.atEnd(turns::close);
        control.start(
                "evacuations",
                Evacuations.create(
                        evacuations.get(),
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
                        evacuations.get(), table.director(), planner.get(), health.secondApprover(), rules.edits()),
                new FailbackResource(table.director(), data.clock(), rules.edits()));
    }
}
