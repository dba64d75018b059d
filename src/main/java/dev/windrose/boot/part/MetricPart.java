package dev.windrose.boot.part;

import dev.windrose.front.api.DashboardResource;
import dev.windrose.front.api.HealthEvents;
import dev.windrose.front.api.MetricsResource;
import dev.windrose.front.api.ScrapeResource;
import dev.windrose.front.api.Throughput;
import dev.windrose.front.web.Resource;
import dev.windrose.live.metric.MetricsArchive;
import dev.windrose.model.RegionId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Metrics that clients record, the node's own metrics, and the page that shows both. */
public final class MetricPart implements Part {

    private final JournalPart journal;
    private final HealthPart health;
    private final TablePart table;
    private final AccessPart access;
    private final SetOnce<DataPlane> plane = new SetOnce<>("metrics");

    /** The store of recorded metrics. */
    final Slot<MetricsArchive> archive = new Slot<>("metrics archive");

    public MetricPart(JournalPart journal, HealthPart health, TablePart table, AccessPart access) {
        this.journal = journal;
        this.health = health;
        this.table = table;
        this.access = access;
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
    }

    @Override
    public void start(ControlPlane control) {
        DataPlane data = plane.get();
        Set<RegionId> others = new HashSet<>(data.regions());
        others.remove(data.self());
        // Its table exists when all parts have started: definitions migrate the schema.
        control.whenStarted(() -> control.keep(
                archive,
                MetricsArchive.start(
                        control.system(),
                        data.self(),
                        others,
                        control.of(journal.opened).database().dataSource(),
                        control.actors())));
    }

    @Override
    public List<Resource> calls() {
        DataPlane data = plane.get();
        return List.of(
                new MetricsResource(table.director(), archive, access.gate()),
                new DashboardResource(
                        data.version(),
                        data.self(),
                        data.regions(),
                        table.director(),
                        health::picture,
                        archive,
                        Throughput.start(data.system(), table.director()),
                        HealthEvents.start(data.system(), health::picture)),
                new ScrapeResource(data.meters()::scrape));
    }
}
