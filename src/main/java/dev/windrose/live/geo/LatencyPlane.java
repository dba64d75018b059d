package dev.windrose.live.geo;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import dev.windrose.decide.geo.LatencyMap;
import dev.windrose.live.health.HealthWatch;
import dev.windrose.live.supervision.Supervision;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.watch.LatencyMeters;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The latency map of a node and its maintenance: loaded from its file before anything else starts. */
public final class LatencyPlane {

    /**
     * A page of the map.
     *
     * @param total number of places without offset and limit
     */
    public record Looked(List<LatencyMap.Shown> places, int total) {
        public Looked {
            places = List.copyOf(places);
        }
    }

    /** The status of a change from outside. */
    public enum Result {
        /** It is in effect, and in the file. */
        DONE,
        /** There is no such place. */
        UNKNOWN,
        /** Nothing was changed: regions without a number. */
        TOO_MANY_REGIONS,
        /** It is in effect until this node ends, but not in the file. */
        NOT_SAVED
    }

    /**
     * The outcome.
     *
     * @param detail the reason of a failure; empty otherwise
     * @param fullSeconds how long imported data counts in full, without new measurements
     * @param believedSeconds how long it counts at all
     */
    public record Imported(Result result, String detail, long fullSeconds, long believedSeconds) {

        Imported(Result result, String detail) {
            this(result, detail, 0, 0);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(LatencyPlane.class);

    /** Maximum time of samples in the queue. */
    static final Duration BEAT = Duration.ofMillis(250);

    private static final Duration ANSWER_AT_MOST = Duration.ofSeconds(10);

    private final LiveLatencies latencies;
    private final LatencyMeters meters;
    private final SampleQuota budget;
    private final ActorRef<LatencyKeeper.Command> keeper;

    /**
     * Reads the file and starts to take samples. Blocks for the time of one read.
     *
     * @param directory of the file
     * @param matrix the observations of all observers
     * @param parts supervises the keeper of the map
     */
    public static LatencyPlane start(
            ActorSystem<?> data,
            RegionId self,
            LatencySettings settings,
            Path directory,
            Supplier<CompletionStage<HealthWatch.Looked>> matrix,
            Supervision parts,
            LatencyMeters meters) {
        LatencyFile file = new LatencyFile(directory);
        LatencyFile.Loaded loaded = new LatencyFile.Loaded(0, List.of());
        try {
            loaded = file.load(settings.places());
        } catch (IOException | RuntimeException e) {
            LOG.warn("latency map cannot be read and starts empty, cause [{}]", e.toString());
        }
        LiveLatencies latencies = new LiveLatencies(new SampleQueue(settings.queue(), meters::dropped));
        return new LatencyPlane(
                latencies,
                meters,
                new SampleQuota(settings.beaconSamples()),
                data.systemActorOf(
                        parts.resuming(
                                "latency-keeper",
                                LatencyKeeper.create(
                                        self, settings, latencies, file, loaded, System::nanoTime, matrix, meters)),
                        "latency-keeper",
                        DispatcherSelector.blocking()));
    }

    private LatencyPlane(
            LiveLatencies latencies, LatencyMeters meters, SampleQuota budget, ActorRef<LatencyKeeper.Command> keeper) {
        this.latencies = latencies;
        this.meters = meters;
        this.budget = budget;
        this.keeper = keeper;
    }

    public LiveLatencies latencies() {
        return latencies;
    }

    public LatencyMeters meters() {
        return meters;
    }

    /** The remaining quota of each address block. */
    public SampleQuota budget() {
        return budget;
    }

    ActorRef<LatencyKeeper.Command> keeper() {
        return keeper;
    }

    /** These regions are registered now. */
    public void registered(Collection<Region> regions) {
        keeper.tell(new LatencyKeeper.Registered(List.copyOf(regions)));
    }

    /** The content of the map, the places with the most traffic first; a single place where {@code from} names one. */
    public CompletionStage<Looked> look(long from, int offset, int limit) {
        CompletableFuture<Looked> seen = answered();
        keeper.tell(new LatencyKeeper.Look(from, offset, limit, seen));
        return seen;
    }

    /** What this node measured itself or imported, the places with the most traffic first. */
    public CompletionStage<List<LatencyMap.Place>> measured(int atMost) {
        CompletableFuture<List<LatencyMap.Place>> told = answered();
        keeper.tell(new LatencyKeeper.Heaviest(atMost, told::complete));
        return told;
    }

    /** Replaces the data of these places. */
    public CompletionStage<Imported> put(List<LatencyMap.Place> places) {
        CompletableFuture<Imported> done = answered();
        keeper.tell(new LatencyKeeper.Import(places, done));
        return done;
    }

    /** Removes one place, until it is measured or reported again. */
    public CompletionStage<Imported> forget(long place) {
        CompletableFuture<Imported> done = answered();
        keeper.tell(new LatencyKeeper.Forget(place, done));
        return done;
    }

    /** Writes the file a last time. */
    public CompletionStage<Done> save() {
        CompletableFuture<Done> done = answered();
        keeper.tell(new LatencyKeeper.Save(done));
        return done;
    }

    private static <T> CompletableFuture<T> answered() {
        return new CompletableFuture<T>().orTimeout(ANSWER_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
    }
}
