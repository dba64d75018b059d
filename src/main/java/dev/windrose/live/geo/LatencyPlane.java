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
     * What the map holds.
     *
     * @param total places there are without offset and limit
     */
    public record Looked(List<LatencyMap.Shown> places, int total) {
        public Looked {
            places = List.copyOf(places);
        }
    }

    /** How a change from outside went. */
    public enum Result {
        /** It holds, and is in the file. */
        DONE,
        /** There is no such place. */
        UNKNOWN,
        /** Nothing was changed: regions without a number. */
        TOO_MANY_REGIONS,
        /** It holds until this node ends, and is not in the file. */
        NOT_SAVED
    }

    /**
     * How it went.
     *
     * @param detail why it did not go well; empty when it did
     * @param fullSeconds for how long what was put in counts in full, if nobody measures anything else
     * @param believedSeconds for how long all of it counts for something
     */
    public record Imported(Result result, String detail, long fullSeconds, long believedSeconds) {

        Imported(Result result, String detail) {
            this(result, detail, 0, 0);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(LatencyPlane.class);

    /** Samples wait in the queue for no longer. */
    static final Duration BEAT = Duration.ofMillis(250);

    private static final Duration ANSWER_AT_MOST = Duration.ofSeconds(10);

    private final LiveLatencies latencies;
    private final LatencyMeters meters;
    private final SampleQuota budget;
    private final ActorRef<LatencyKeeper.Command> keeper;

    /**
     * Reads the file and takes samples from now on. Blocks for the time of one read.
     *
     * @param directory of the file
     * @param matrix who sees what
     * @param parts watches the keeper of the map
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

    /** How much each block of addresses may still tell. */
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

    /** What the map holds, the places with the most traffic first; of one place alone where {@code from} names one. */
    public CompletionStage<Looked> look(long from, int offset, int limit) {
        CompletableFuture<Looked> seen = answered();
        keeper.tell(new LatencyKeeper.Look(from, offset, limit, seen));
        return seen;
    }

    /** What this node measured itself or was given, the places with the most traffic first. */
    public CompletionStage<List<LatencyMap.Place>> measured(int atMost) {
        CompletableFuture<List<LatencyMap.Place>> told = answered();
        keeper.tell(new LatencyKeeper.Heaviest(atMost, told::complete));
        return told;
    }

    /** Puts these in the place of what is known of them. */
    public CompletionStage<Imported> put(List<LatencyMap.Place> places) {
        CompletableFuture<Imported> done = answered();
        keeper.tell(new LatencyKeeper.Import(places, done));
        return done;
    }

    /** Forgets one place, until somebody measures it or tells of it again. */
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
