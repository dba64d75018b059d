package dev.windrose.live.geo;

import akka.Done;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.windrose.decide.geo.Gazetteer;
import dev.windrose.decide.geo.LatencyCsv;
import dev.windrose.decide.geo.LatencyMap;
import dev.windrose.decide.geo.LatencyView;
import dev.windrose.decide.geo.PlaceKey;
import dev.windrose.decide.geo.RegionNumbers;
import dev.windrose.live.health.HealthMatrix;
import dev.windrose.live.health.HealthWatch;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.watch.LatencyMeters;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Owns the latency map of this node: takes samples, publishes views for decisions, and stores the map in a file.
 *
 * <p>Lives in the data plane, on a thread that may block on files. Never on the decision path.
 */
final class LatencyKeeper extends AbstractBehavior<LatencyKeeper.Command> {

    sealed interface Command {}

    /** These regions are registered. */
    record Registered(List<Region> regions) implements Command {
        Registered {
            regions = List.copyOf(regions);
        }
    }

    /** Another node's data; replaces all earlier data of the same source. */
    record Heard(String source, List<LatencyMap.Place> places) implements Command {
        Heard {
            places = List.copyOf(places);
        }
    }

    /** Returns the places with the most traffic, as measured by this node itself. */
    record Heaviest(int atMost, Consumer<List<LatencyMap.Place>> told) implements Command {}

    /**
     * The content of the map, for people.
     *
     * @param from the only place, or {@link PlaceKey#NONE} for all
     */
    record Look(long from, int offset, int limit, CompletableFuture<LatencyPlane.Looked> seen) implements Command {}

    /** Imports places; done when they are in the file. Completes with the reason of a failure, or null. */
    record Import(List<LatencyMap.Place> places, CompletableFuture<LatencyPlane.Imported> done) implements Command {
        Import {
            places = List.copyOf(places);
        }
    }

    /** Removes one place; done when it is no longer in the file. */
    record Forget(long place, CompletableFuture<LatencyPlane.Imported> done) implements Command {}

    /** Writes the file now; {@code done} completes when that is over. */
    record Save(CompletableFuture<Done> done) implements Command {}

    private record Seen(HealthMatrix matrix) implements Command {}

    private enum Beat implements Command {
        INSTANCE
    }

    private enum Observe implements Command {
        INSTANCE
    }

    private enum SaveDue implements Command {
        INSTANCE
    }

    /** Views may take a twentieth of the time, whatever their size. */
    private static final int VIEW_COSTS = 20;

    /**
     * @param self region of this node
     * @param loaded the content of the file
     * @param nanoTime a monotonic clock
     * @param matrix the observations of all observers
     */
    static Behavior<Command> create(
            RegionId self,
            LatencySettings settings,
            LiveLatencies latencies,
            LatencyFile file,
            LatencyFile.Loaded loaded,
            LongSupplier nanoTime,
            Supplier<CompletionStage<HealthWatch.Looked>> matrix,
            LatencyMeters meters) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers ->
                new LatencyKeeper(context, timers, self, settings, latencies, file, loaded, nanoTime, matrix, meters)));
    }

    private final LatencySettings settings;
    private final LiveLatencies latencies;
    private final LatencyFile file;
    private final LongSupplier nanoTime;
    private final Supplier<CompletionStage<HealthWatch.Looked>> matrix;
    private final LatencyMeters meters;
    private final LatencyMap map;
    private final long home;
    private final long beganNanos;

    private List<Region> regions = List.of();
    private Gazetteer gazetteer = Gazetteer.BUILT_IN;
    private boolean unseen = true;
    private boolean unsaved = false;
    private long nextViewNanos;
    private long forgotten = 0;

    private LatencyKeeper(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            RegionId self,
            LatencySettings settings,
            LiveLatencies latencies,
            LatencyFile file,
            LatencyFile.Loaded loaded,
            LongSupplier nanoTime,
            Supplier<CompletionStage<HealthWatch.Looked>> matrix,
            LatencyMeters meters) {
        super(context);
        context.setLoggerName(LatencyKeeper.class);
        this.settings = settings;
        this.latencies = latencies;
        this.file = file;
        this.nanoTime = nanoTime;
        this.matrix = matrix;
        this.meters = meters;
        this.home = PlaceKey.of(self.value());
        this.beganNanos = nanoTime.getAsLong();
        this.nextViewNanos = beganNanos;
        this.map = new LatencyMap(latencies.numbers(), settings.places(), settings.halfLife(), settings.bonus());
        long agoSeconds = Math.max(0, System.currentTimeMillis() - loaded.savedAtEpochMs()) / 1000;
        loaded.places().forEach(place -> map.put(older(place, agoSeconds), seconds()));
        look();
        timers.startTimerWithFixedDelay(Beat.INSTANCE, LatencyPlane.BEAT);
        timers.startTimerWithFixedDelay(Observe.INSTANCE, settings.observeEvery());
        timers.startTimerWithFixedDelay(SaveDue.INSTANCE, settings.saveEvery());
    }

    private static LatencyMap.Place older(LatencyMap.Place place, long seconds) {
        return new LatencyMap.Place(
                place.place(),
                place.within(),
                place.weight(),
                place.legs().stream()
                        .map(leg -> new LatencyMap.Leg(
                                leg.region(), leg.meanMs(), leg.spreadMs(), leg.samples(), leg.ageSeconds() + seconds))
                        .toList());
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Beat.INSTANCE, this::onBeat)
                .onMessageEquals(Observe.INSTANCE, this::onObserve)
                .onMessage(Seen.class, this::onSeen)
                .onMessage(Registered.class, this::onRegistered)
                .onMessage(Heard.class, this::onHeard)
                .onMessage(Heaviest.class, this::onHeaviest)
                .onMessage(Look.class, this::onLook)
                .onMessage(Import.class, this::onImport)
                .onMessage(Forget.class, this::onForget)
                .onMessageEquals(SaveDue.INSTANCE, this::onSaveDue)
                .onMessage(Save.class, this::onSave)
                .build();
    }

    /** Seconds since the start, from 1 on. */
    private long seconds() {
        return 1 + (nanoTime.getAsLong() - beganNanos) / 1_000_000_000;
    }

    private Behavior<Command> onBeat() {
        drain();
        if (unseen && nanoTime.getAsLong() - nextViewNanos >= 0) {
            look();
        }
        return this;
    }

    private void drain() {
        SampleQueue.Sample sample = latencies.samples().take();
        while (sample != null) {
            take(sample);
            sample = latencies.samples().take();
        }
    }

    /** An address block also provides data for the place around it; unknown names do not become places. */
    private void take(SampleQueue.Sample sample) {
        boolean network = PlaceKey.isNetwork(sample.place());
        String name = map.name(sample.place());
        boolean known = sample.place() != PlaceKey.NONE
                && (name != null || !PlaceKey.isName(sample.place()))
                && sample.ms() >= LatencyCsv.LEAST_MS
                && sample.ms() <= LatencyCsv.MOST_MS;
        meters.taken(known);
        if (!known) {
            return;
        }
        String area = PlaceKey.isName(sample.within()) ? map.name(sample.within()) : null;
        boolean lies = PlaceKey.isName(sample.within()) ? area != null : sample.within() != PlaceKey.NONE;
        long within = network && lies ? sample.within() : PlaceKey.NONE;
        map.sample(sample.place(), name, within, sample.region(), sample.ms(), seconds());
        // Clients without a place are assumed to be here; their measurements say nothing about those who are.
        if (within != PlaceKey.NONE && within != home) {
            map.sample(within, area, PlaceKey.NONE, sample.region(), sample.ms(), seconds());
        }
        unseen = true;
        unsaved = true;
    }

    private void look() {
        long began = nanoTime.getAsLong();
        LatencyView view = map.view(gazetteer, seconds());
        latencies.see(view);
        long took = nanoTime.getAsLong() - began;
        nextViewNanos = nanoTime.getAsLong() + Math.max(settings.viewEvery().toNanos(), VIEW_COSTS * took);
        unseen = false;
        meters.viewed(took);
        meters.places(map.size(), map.dropped() - forgotten);
        forgotten = map.dropped();
    }

    private Behavior<Command> onObserve() {
        getContext()
                .pipeToSelf(
                        matrix.get(),
                        (looked, failure) -> new Seen(looked == null ? new HealthMatrix(List.of()) : looked.matrix()));
        // Aging changes the estimates as well, however slowly.
        map.fade(seconds());
        unseen = true;
        return this;
    }

    private Behavior<Command> onSeen(Seen seen) {
        InterRegionRoundTrips.lowest(seen.matrix())
                .forEach((from, regions) -> regions.forEach((to, ms) -> map.observed(from, to, ms, seconds())));
        return this;
    }

    private Behavior<Command> onRegistered(Registered registered) {
        // Called on every edit of a rule.
        if (!registered.regions().equals(regions)) {
            regions = registered.regions();
            gazetteer = new Gazetteer(regions);
            map.know(gazetteer);
            unseen = true;
        }
        return this;
    }

    private Behavior<Command> onHeard(Heard heard) {
        map.hear(heard.source(), heard.places(), seconds());
        unseen = true;
        return this;
    }

    private Behavior<Command> onHeaviest(Heaviest heaviest) {
        drain();
        heaviest.told().accept(map.heaviest(heaviest.atMost(), seconds()));
        return this;
    }

    private Behavior<Command> onLook(Look look) {
        List<LatencyMap.Shown> shown = map.shown(latencies.view(), look.from(), look.offset(), look.limit(), seconds());
        look.seen().complete(new LatencyPlane.Looked(shown, look.from() == PlaceKey.NONE ? map.size() : shown.size()));
        return this;
    }

    private Behavior<Command> onImport(Import imported) {
        Set<String> named = new HashSet<>();
        latencies.numbers().all().forEach(region -> named.add(region.value()));
        imported.places().forEach(place -> place.legs().forEach(leg -> named.add(leg.region())));
        if (named.size() > RegionNumbers.AT_MOST) {
            imported.done()
                    .complete(new LatencyPlane.Imported(
                            LatencyPlane.Result.TOO_MANY_REGIONS,
                            "to: " + named.size() + " regions with those known (expected: at most "
                                    + RegionNumbers.AT_MOST + ")"));
            return this;
        }
        long believed = map.imported(imported.places(), seconds());
        look();
        LatencyPlane.Imported done = acknowledged(save());
        imported.done().complete(new LatencyPlane.Imported(done.result(), done.detail(), map.fullSeconds(), believed));
        return this;
    }

    private Behavior<Command> onForget(Forget forget) {
        if (!map.drop(forget.place())) {
            forget.done().complete(new LatencyPlane.Imported(LatencyPlane.Result.UNKNOWN, ""));
            return this;
        }
        look();
        forget.done().complete(acknowledged(save()));
        return this;
    }

    private static LatencyPlane.Imported acknowledged(@Nullable IOException failure) {
        return failure == null
                ? new LatencyPlane.Imported(LatencyPlane.Result.DONE, "")
                : new LatencyPlane.Imported(LatencyPlane.Result.NOT_SAVED, String.valueOf(failure.getMessage()));
    }

    private Behavior<Command> onSaveDue() {
        if (unsaved) {
            save();
        }
        return this;
    }

    private Behavior<Command> onSave(Save save) {
        drain();
        if (unsaved) {
            save();
        }
        save.done().complete(Done.getInstance());
        return this;
    }

    private @Nullable IOException save() {
        try {
            file.save(map.heaviest(settings.places(), seconds()), System.currentTimeMillis());
            unsaved = false;
            meters.saved(true);
            return null;
        } catch (IOException e) {
            unsaved = true;
            meters.saved(false);
            getContext().getLog().warn("latency map could not be saved, cause [{}]", e.toString());
            return e;
        }
    }
}
