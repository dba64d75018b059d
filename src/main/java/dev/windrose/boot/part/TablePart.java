package dev.windrose.boot.part;

import akka.Done;
import dev.windrose.boot.settings.Section;
import dev.windrose.boot.settings.TableSection;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.live.health.HealthWatch;
import dev.windrose.live.table.DemandBoard;
import dev.windrose.live.table.Director;
import dev.windrose.live.table.TableKeeper;
import dev.windrose.live.table.TablePlane;
import dev.windrose.live.table.UsageBoard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Compiles definitions and health into the table that decisions read. */
public final class TablePart implements Part {

    /** Three intervals in which the board confirms that the table is current, and a busy second. */
    private static final Duration STALE = Duration.ofSeconds(5);

    private final HealthPart health;
    private final LatencyPart latency;
    private final SetOnce<DataPlane> plane = new SetOnce<>("table");
    private final SetOnce<TablePlane> table = new SetOnce<>("table");

    public TablePart(HealthPart health, LatencyPart latency) {
        this.health = health;
        this.latency = latency;
    }

    @Override
    public List<Section<?>> settings() {
        return List.of(TableSection.TABLE);
    }

    @Override
    public void start(DataPlane data) {
        plane.set(data);
        TablePlane started = table.set(TablePlane.start(
                data.system(),
                data.self(),
                data.settings().of(TableSection.TABLE),
                data.dataDir().path(),
                health.defaults(),
                latency.map().latencies(),
                () -> health.picture().reports(),
                data.actors(),
                data.meters().registry()));
        health.outcomesFrom(started.director().tallies()::outcomes);
        started.catalogs().subscribe(this::follow);
        started.follow(health.pictures());
        health.tell(new HealthWatch.Remembered(started.remembered()));
        data.running().check(RunningControlPlane.Check.TABLE, this::stale);
    }

    /** Health and the latency map follow the definitions. */
    private void follow(Catalog catalog) {
        latency.map().registered(catalog.regions().values());
        health.tell(new HealthWatch.Watch(
                catalog.rules().values(), catalog.regions().values()));
    }

    @Override
    public void start(ControlPlane control) {
        control.start(
                "usage-board",
                part -> UsageBoard.create(
                        director().tallies(),
                        plane.get().settings().of(TableSection.TABLE).shareCountersEvery(),
                        control.replicator(),
                        part));
        control.start(
                "demand-board",
                part -> DemandBoard.create(director().tallies(), table.get().keeper(), control.replicator(), part));
    }

    Director director() {
        return table.get().director();
    }

    /** Sends the keeper of the table an input for its compilation. */
    void tell(TableKeeper.Command command) {
        table.get().keeper().tell(command);
    }

    private @Nullable String stale() {
        if (!director().ready()) {
            return "no routing table yet";
        }
        long ageMs = director().dataAgeMs();
        return ageMs <= STALE.toMillis()
                ? null
                : "rules were last known to be current " + ageMs + " ms ago (expected: " + STALE.toMillis()
                        + " ms at most)";
    }

    @Override
    public CompletionStage<Done> save() {
        return table.get().save();
    }
}
