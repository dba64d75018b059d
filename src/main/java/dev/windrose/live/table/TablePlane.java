package dev.windrose.live.table;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.route.CapacityTrack;
import dev.windrose.decide.route.Demand;
import dev.windrose.decide.route.RoutingTable;
import dev.windrose.decide.route.TableCompiler;
import dev.windrose.live.feed.Feed;
import dev.windrose.live.geo.LiveLatencies;
import dev.windrose.live.supervision.Supervision;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import dev.windrose.watch.TableMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table of a node and its maintenance: started from its snapshot before anything else. */
public final class TablePlane {

    private static final Logger LOG = LoggerFactory.getLogger(TablePlane.class);

    private final Director director;
    private final Feed<Catalog> catalogs;
    private final Feed<RoutingTable> tables;
    private final ActorRef<TableKeeper.Command> keeper;
    private final List<HealthPicture.Reported> remembered;

    /**
     * Reads the newest intact snapshot and answers from it at once. Blocks for the time of one read.
     *
     * @param directory of the snapshots
     * @param defaults the default check of rules
     * @param latencies the learned round trips from client places to regions
     * @param reports current external reports, for the snapshots
     * @param parts supervises the keeper of the table
     */
    public static TablePlane start(
            ActorSystem<?> data,
            RegionId self,
            TableSettings settings,
            Path directory,
            HealthCheck defaults,
            LiveLatencies latencies,
            Supplier<List<HealthPicture.Reported>> reports,
            Supervision parts,
            MeterRegistry registry) {
        SnapshotFile file = new SnapshotFile(directory);
        SnapshotFile.Loaded loaded = file.load();
        loaded.problems().forEach(problem -> LOG.warn("snapshot skipped, cause [{}]", problem));
        Counters counters = new Counters();
        Map<String, Map<String, HealthStatus>> remembered = Map.of();
        Map<RegionId, CapacityTrack> learned = new HashMap<>();
        Catalog catalog = Catalog.empty(defaults);
        Snapshot snapshot = loaded.snapshot();
        if (snapshot != null) {
            // Last good states first, so that they are available where a newer text is invalid.
            catalog = catalog.with(definitions(snapshot.lastGood())).with(definitions(snapshot.definitions()));
            counters.restore(snapshot.series(), byRule(snapshot.counts()), byRule(snapshot.usage()));
            remembered = snapshot.statuses();
            snapshot.learned().forEach((region, kept) -> learned.put(new RegionId(region), kept.track()));
        }
        Director director = new Director(catalog, new Tallies(counters), latencies, System::nanoTime, new Random());
        if (snapshot != null) {
            director.currentAsOf(
                    snapshot.ageMs() + Math.max(0, System.currentTimeMillis() - snapshot.savedAtEpochMs()));
            LOG.info(
                    "starting from a snapshot, rules [{}], age [{} ms]",
                    catalog.rules().size(),
                    director.dataAgeMs());
        }
        TableMeters meters = new TableMeters(registry);
        meters.show(
                director,
                Director::dataAgeMs,
                d -> d.table().rules().size(),
                d -> d.table().version(),
                d -> d.catalog().lastGood().size());
        TableCompiler compiler =
                new TableCompiler(self, settings.ttlSeconds(), counters, latencies, settings.explore());
        RegionLoads regionLoads = new RegionLoads(learned);
        List<Region> regions = regionLoads.bounded(catalog.regions().values());
        director.swap(
                compiler.compile(
                        director.table(),
                        catalog.rules().values(),
                        catalog.geographicRules().values(),
                        regions,
                        new RememberedHealth(HealthView.NOTHING, remembered),
                        Demand.NONE,
                        director.sinceStartMs()),
                catalog,
                regions);
        Feed<Catalog> catalogs = new Feed<>("catalogs", catalog);
        Feed<RoutingTable> tables = new Feed<>("tables", director.table());
        return new TablePlane(
                director,
                catalogs,
                tables,
                data.systemActorOf(
                        parts.resuming(
                                "table-keeper",
                                TableKeeper.create(
                                        director,
                                        compiler,
                                        settings,
                                        file,
                                        regionLoads,
                                        remembered,
                                        reports,
                                        catalogs,
                                        tables,
                                        meters)),
                        "table-keeper",
                        Props.empty()),
                snapshot == null ? List.of() : reports(snapshot));
    }

    private TablePlane(
            Director director,
            Feed<Catalog> catalogs,
            Feed<RoutingTable> tables,
            ActorRef<TableKeeper.Command> keeper,
            List<HealthPicture.Reported> remembered) {
        this.director = director;
        this.catalogs = catalogs;
        this.tables = tables;
        this.keeper = keeper;
        this.remembered = List.copyOf(remembered);
    }

    private static List<HealthPicture.Reported> reports(Snapshot snapshot) {
        return snapshot.reports().stream().map(Snapshot.Report::reported).toList();
    }

    /** The external reports in the snapshot. */
    public List<HealthPicture.Reported> remembered() {
        return remembered;
    }

    public Director director() {
        return director;
    }

    public ActorRef<TableKeeper.Command> keeper() {
        return keeper;
    }

    /** Every catalog that comes into force, from the first on. */
    public Feed<Catalog> catalogs() {
        return catalogs;
    }

    /** Every table that comes into force, from the first on; for a new catalog, right after the catalog. */
    public Feed<RoutingTable> tables() {
        return tables;
    }

    /** The table is compiled from these assessments from now on. One that leads to the same decisions is skipped. */
    public Feed.Subscription follow(Feed<HealthPicture> pictures) {
        AtomicReference<HealthPicture> before = new AtomicReference<>(HealthPicture.EMPTY);
        return pictures.subscribe(picture -> {
            if (!picture.decidesAs(before.getAndSet(picture))) {
                keeper.tell(new TableKeeper.HealthSeen(picture));
            }
        });
    }

    /** Writes a last snapshot. */
    public CompletionStage<Done> save() {
        CompletableFuture<Done> saved = new CompletableFuture<>();
        keeper.tell(new TableKeeper.Save(saved));
        return saved;
    }

    private static Map<DefinitionKey, DefinitionState> definitions(Map<String, DefinitionState> saved) {
        Map<DefinitionKey, DefinitionState> definitions = new HashMap<>();
        saved.forEach((entity, state) -> {
            try {
                definitions.put(DefinitionKey.parse(entity), state);
            } catch (IllegalArgumentException e) {
                LOG.warn("definition of the snapshot skipped, cause [{}]", e.getMessage());
            }
        });
        return definitions;
    }

    private static <V> Map<RuleId, V> byRule(Map<String, V> named) {
        Map<RuleId, V> byRule = new HashMap<>();
        named.forEach((name, value) -> byRule.put(new RuleId(name), value));
        return byRule;
    }
}
