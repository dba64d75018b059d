package dev.windrose.boot.part;

import akka.Done;
import dev.windrose.boot.settings.LatencySection;
import dev.windrose.boot.settings.Section;
import dev.windrose.live.geo.LatencyBoard;
import dev.windrose.live.geo.LatencyPlane;
import dev.windrose.live.health.HealthWatch;
import dev.windrose.watch.LatencyMeters;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Learns the round trips from client places to regions. */
public final class LatencyPart implements Part {

    private final HealthPart health;
    private final SetOnce<DataPlane> plane = new SetOnce<>("latency");
    private final SetOnce<LatencyPlane> map = new SetOnce<>("latency map");

    public LatencyPart(HealthPart health) {
        this.health = health;
    }

    @Override
    public List<Section<?>> settings() {
        return List.of(LatencySection.LATENCY);
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
        map.set(LatencyPlane.start(
                data.system(),
                data.self(),
                data.settings().of(LatencySection.LATENCY),
                data.dataDir().path(),
                () -> health.look(new HealthWatch.Look(null, null, 0, Integer.MAX_VALUE, new CompletableFuture<>())),
                data.actors(),
                new LatencyMeters(data.meters().registry())));
    }

    @Override
    public void start(ControlPlane control) {
        control.start(
                "latency-board",
                part -> LatencyBoard.create(
                        map(), plane.get().settings().of(LatencySection.LATENCY), control.replicator(), part));
    }

    LatencyPlane map() {
        return map.get();
    }

    @Override
    public CompletionStage<Done> save() {
        return map().save();
    }
}
