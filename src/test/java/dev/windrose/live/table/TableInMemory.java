package dev.windrose.live.table;

import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.route.Demand;
import dev.windrose.decide.route.TableCompiler;
import dev.windrose.live.geo.LiveLatencies;
import dev.windrose.live.geo.SampleQueue;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthView;
import dev.windrose.model.RegionId;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A director whose table is compiled at once whenever something is heard, without files and actors. */
public final class TableInMemory {

    private final Counters counters = new Counters();
    private final TableCompiler compiler;
    private final Director director;
    private final HealthCheck defaults;

    private HealthView health = HealthView.NOTHING;

    public TableInMemory(RegionId self, HealthCheck defaults) {
        this(self, defaults, new LiveLatencies(new SampleQueue(1024, () -> {})));
    }

    /** @param latencies takes what clients measured, and says what is known of it */
    public TableInMemory(RegionId self, HealthCheck defaults, LiveLatencies latencies) {
        this.defaults = defaults;
        compiler = new TableCompiler(self, 30, counters, latencies, 0.03);
        director = new Director(
                Catalog.empty(defaults), new Tallies(counters), latencies, System::nanoTime, new Random(1));
        director.current();
    }

    public Director director() {
        return director;
    }

    /** The node has just started: what it does not know may exist. */
    public void catchesUp() {
        director.notCaughtUp();
    }

    public synchronized void hear(Map<DefinitionKey, DefinitionState> definitions) {
        swap(director.catalog().with(definitions));
    }

    /** Knows these definitions and nothing of before. */
    public synchronized void startOver(Map<DefinitionKey, DefinitionState> definitions) {
        swap(Catalog.empty(defaults).with(definitions));
    }

    public synchronized void see(HealthView seen) {
        health = seen;
        swap(director.catalog());
    }

    private void swap(Catalog catalog) {
        director.swap(
                compiler.compile(
                        director.table(),
                        catalog.rules().values(),
                        catalog.geographicRules().values(),
                        catalog.regions().values(),
                        health,
                        Demand.NONE,
                        0),
                catalog,
                List.copyOf(catalog.regions().values()));
    }
}
