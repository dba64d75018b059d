package dev.windrose.live.table;

import akka.Done;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.LastGood;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.route.RoutingTable;
import dev.windrose.decide.route.TableCompiler;
import dev.windrose.live.feed.Feed;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import dev.windrose.watch.TableMeters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Maintains the table of this node: receives definitions and health, compiles, swaps, and saves snapshots.
 *
 * <p>Swaps at most once in {@link TableSettings#swapEvery}; the first change after a quiet period is applied at once.
 * Never on the decision path.
 */
public final class TableKeeper extends AbstractBehavior<TableKeeper.Command> {

    public sealed interface Command {}

    /** Definitions from the control plane, changed or not. */
    public record DefinitionsHeard(Map<DefinitionKey, DefinitionState> definitions) implements Command {
        public DefinitionsHeard {
            definitions = Map.copyOf(definitions);
        }
    }

    /** The control plane is running and has delivered everything it knows. */
    public enum StillCurrent implements Command {
        INSTANCE
    }

    /** The current assessment of the targets. */
    public record HealthSeen(HealthView health) implements Command {}

    /** Another node's demand for each target, in requests per second, and its load and outcomes of each region. */
    public record DemandHeard(
            String node, Map<RuleId, Map<RegionId, Double>> rates, Map<RegionId, DemandBoard.RegionLoad> regionLoads)
            implements Command {
        public DemandHeard {
            rates = Map.copyOf(rates);
            regionLoads = Map.copyOf(regionLoads);
        }
    }

    /** Writes a snapshot now; {@code done} completes when it is on disk, or has failed. */
    public record Save(CompletableFuture<Done> done) implements Command {}

    private enum Swap implements Command {
        INSTANCE
    }

    private enum MoveTime implements Command {
        INSTANCE
    }

    private enum SaveDue implements Command {
        INSTANCE
    }

    private enum Forget implements Command {
        INSTANCE
    }

    private record Saved(@Nullable Throwable failure) implements Command {}

    static Behavior<Command> create(
            Director director,
            TableCompiler compiler,
            TableSettings settings,
            SnapshotFile file,
            RegionLoads regionLoads,
            Map<String, Map<String, HealthStatus>> remembered,
            Supplier<List<HealthPicture.Reported>> reports,
            Feed<Catalog> catalogs,
            Feed<RoutingTable> tables,
            TableMeters meters) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new TableKeeper(
                context,
                timers,
                director,
                compiler,
                settings,
                file,
                regionLoads,
                remembered,
                reports,
                catalogs,
                tables,
                meters)));
    }

    private final TimerScheduler<Command> timers;
    private final Director director;
    private final Tallies tallies;
    private final TableCompiler compiler;
    private final TableSettings settings;
    private final SnapshotFile file;
    private final Supplier<List<HealthPicture.Reported>> reports;
    private final Feed<Catalog> catalogs;
    private final Feed<RoutingTable> tables;
    private final TableMeters meters;
    private final Executor blocking;

    private final Demands demands = new Demands();
    private final RegionLoads regionLoads;
    private Catalog catalog;
    private HealthView health = HealthView.NOTHING;
    private Map<String, Map<String, HealthStatus>> remembered;
    private boolean swapDue = false;
    private boolean currentDue = false;
    private boolean unsaved = false;
    private boolean saving = false;
    private List<CompletableFuture<Done>> awaitingSave = new ArrayList<>();
    private long lastSwapMs;
    private long lastSaveMs;

    private TableKeeper(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Director director,
            TableCompiler compiler,
            TableSettings settings,
            SnapshotFile file,
            RegionLoads regionLoads,
            Map<String, Map<String, HealthStatus>> remembered,
            Supplier<List<HealthPicture.Reported>> reports,
            Feed<Catalog> catalogs,
            Feed<RoutingTable> tables,
            TableMeters meters) {
        super(context);
        context.setLoggerName(TableKeeper.class);
        this.timers = timers;
        this.director = director;
        this.tallies = director.tallies();
        this.compiler = compiler;
        this.settings = settings;
        this.file = file;
        this.regionLoads = regionLoads;
        this.remembered = remembered;
        this.reports = reports;
        this.catalogs = catalogs;
        this.tables = tables;
        this.meters = meters;
        this.blocking = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
        this.catalog = director.catalog();
        this.lastSwapMs = -settings.swapEvery().toMillis();
        timers.startTimerWithFixedDelay(MoveTime.INSTANCE, CoarseClock.LENGTH.dividedBy(2));
        timers.startTimerWithFixedDelay(SaveDue.INSTANCE, settings.saveEvery());
        timers.startSingleTimer(Forget.INSTANCE, settings.rememberHealth());
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(DefinitionsHeard.class, this::onDefinitionsHeard)
                .onMessageEquals(StillCurrent.INSTANCE, this::onStillCurrent)
                .onMessage(HealthSeen.class, this::onHealthSeen)
                .onMessage(DemandHeard.class, this::onDemandHeard)
                .onMessageEquals(Swap.INSTANCE, this::onSwap)
                .onMessageEquals(MoveTime.INSTANCE, this::onMoveTime)
                .onMessageEquals(SaveDue.INSTANCE, this::onSaveDue)
                .onMessageEquals(Forget.INSTANCE, this::onForget)
                .onMessage(Save.class, this::onSave)
                .onMessage(Saved.class, this::onSaved)
                .build();
    }

    private Behavior<Command> onDefinitionsHeard(DefinitionsHeard heard) {
        Catalog next = catalog.with(heard.definitions());
        if (next != catalog) {
            tellLastGood(next);
            catalog = next;
            unsaved = true;
            swapSoon();
        }
        return this;
    }

    private void tellLastGood(Catalog next) {
        next.lastGood().forEach((key, used) -> {
            if (!catalog.lastGood().containsKey(key)) {
                getContext()
                        .getLog()
                        .error(
                                "definition [{}] fields [{}] are invalid: the previous values stay in effect until"
                                        + " they are corrected",
                                key.entityId(),
                                LastGood.kept(used, next.states().getOrDefault(key, DefinitionState.EMPTY)));
            }
        });
    }

    private Behavior<Command> onStillCurrent() {
        if (swapDue) {
            // What was delivered is not in the table yet.
            currentDue = true;
            return this;
        }
        current();
        return this;
    }

    private void current() {
        currentDue = false;
        boolean first = !director.caughtUp();
        director.current();
        if (first) {
            getContext()
                    .getLog()
                    .info("table is current, rules [{}]", catalog.rules().size());
        }
    }

    private Behavior<Command> onHealthSeen(HealthSeen seen) {
        health = seen.health();
        swapSoon();
        return this;
    }

    private Behavior<Command> onDemandHeard(DemandHeard heard) {
        demands.heard(heard.node(), heard.rates(), director.sinceStartMs());
        regionLoads.heard(heard.node(), heard.regionLoads(), director.sinceStartMs());
        return this;
    }

    private void swapSoon() {
        if (!swapDue) {
            swapDue = true;
            long since = director.sinceStartMs() - lastSwapMs;
            long wait = Math.max(0, settings.swapEvery().toMillis() - since);
            if (wait == 0) {
                getContext().getSelf().tell(Swap.INSTANCE);
            } else {
                timers.startSingleTimer(Swap.INSTANCE, Duration.ofMillis(wait));
            }
        }
    }

    private Behavior<Command> onSwap() {
        swapDue = false;
        swap();
        if (currentDue) {
            current();
        }
        return this;
    }

    private void swap() {
        long began = System.nanoTime();
        Catalog before = director.catalog();
        List<Region> regions = regionLoads.bounded(catalog.regions().values());
        RoutingTable table = compiler.compile(
                director.table(),
                catalog.rules().values(),
                catalog.geographicRules().values(),
                regions,
                remembered.isEmpty() ? health : new RememberedHealth(health, remembered),
                demands,
                director.sinceStartMs());
        director.swap(table, catalog, regions);
        lastSwapMs = director.sinceStartMs();
        meters.swapped(System.nanoTime() - began);
        if (before != catalog) {
            tallies.retain(catalog.rules().keySet(), catalog.geographicRules().keySet());
            catalogs.publish(catalog);
        }
        tables.publish(table);
    }

    private Behavior<Command> onMoveTime() {
        tallies.counters().moveTo(director.sinceStartMs());
        Collection<Region> regions = catalog.regions().values();
        if (regions.stream().anyMatch(region -> region.capacity() > 0 || region.learnsCapacity())) {
            demands.look(tallies.counters().wanted(), director.sinceStartMs());
            regionLoads.look(
                    tallies.counters().flows(), regions, director.table().serving(), director.sinceStartMs());
            tallies.measured(demands.everywhere(), demands.here(), regionLoads.here());
            swapSoon();
        } else {
            tallies.notMeasured();
            if (director.table().rules().values().stream().anyMatch(rule -> rule.heldBack() > 0)) {
                swapSoon();
            }
        }
        return this;
    }

    private Behavior<Command> onForget() {
        if (!remembered.isEmpty()) {
            remembered = Map.of();
            swapSoon();
        }
        return this;
    }

    private Behavior<Command> onSaveDue() {
        long since = director.sinceStartMs() - lastSaveMs;
        if (director.ready()
                && (unsaved || since >= settings.saveCountersEvery().toMillis())) {
            save();
        }
        return this;
    }

    private Behavior<Command> onSave(Save save) {
        if (!director.ready()) {
            save.done().complete(Done.getInstance());
            return this;
        }
        awaitingSave.add(save.done());
        unsaved = true;
        save();
        return this;
    }

    private void save() {
        if (saving) {
            return;
        }
        saving = true;
        unsaved = false;
        lastSaveMs = director.sinceStartMs();
        Snapshot snapshot =
                Snapshot.of(director, catalog, reports.get(), regionLoads.tracks(), System.currentTimeMillis());
        List<CompletableFuture<Done>> waiting = awaitingSave;
        awaitingSave = new ArrayList<>();
        CompletableFuture<Void> saved;
        try {
            saved = CompletableFuture.runAsync(
                    () -> {
                        try {
                            file.save(snapshot);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    blocking);
        } catch (RejectedExecutionException e) {
            saved = CompletableFuture.failedFuture(e);
        }
        getContext().pipeToSelf(saved, (nothing, failure) -> {
            waiting.forEach(done -> done.complete(Done.getInstance()));
            return new Saved(failure);
        });
    }

    private Behavior<Command> onSaved(Saved saved) {
        saving = false;
        meters.saved(saved.failure() == null);
        if (saved.failure() != null) {
            unsaved = true;
            getContext()
                    .getLog()
                    .warn(
                            "snapshot could not be saved, cause [{}]",
                            saved.failure().getMessage());
        } else if (!awaitingSave.isEmpty()) {
            save();
        }
        return this;
    }
}
