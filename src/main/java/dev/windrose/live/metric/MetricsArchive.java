package dev.windrose.live.metric;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import dev.windrose.live.pool.Offload;
import dev.windrose.live.supervision.Supervision;
import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;

/**
 * Records metrics in this region's database and reads those of all regions that answer within a second.
 *
 * <p>A region keeps a sample for 31 days after its measurement or recording, whichever is later. One answer of a region
 * contains at most {@link #SAMPLES} samples, the newest.
 */
public final class MetricsArchive {

    /** Samples of one region in one answer: as many as fit into a message between nodes. */
    public static final int SAMPLES = 300;

    /** Samples searched for the newest of each balancer. */
    private static final int BALANCERS = 2_000;

    private static final Duration KEPT = Duration.ofDays(31);
    private static final Duration FORGET_EVERY = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final int ANSWER_CHARACTERS = 100_000;

    /**
     * The result.
     *
     * @param silent regions that did not answer in time
     */
    public record Found(List<MetricSample> samples, Set<String> silent) {}

    /** Asks a region for its samples. */
    record Ask(String ruleId, long sinceEpochMs, int atMost, ActorRef<Samples> replyTo) implements WireMessage {}

    record Samples(List<MetricSample> samples) implements WireMessage {}

    private final ActorSystem<?> control;
    private final MetricStore store;
    private final Executor blocking;
    private final String self;
    private final Map<String, ActorRef<Ask>> regions = new ConcurrentHashMap<>();

    /**
     * @param others the other regions of the cluster
     * @param parts supervises the exchange
     */
    public static MetricsArchive start(
            ActorSystem<?> control, RegionId self, Set<RegionId> others, DataSource database, Supervision parts) {
        MetricsArchive archive = new MetricsArchive(control, self, database);
        control.systemActorOf(
                parts.lasting("metrics-archive", archive.exchange(others)), "metrics-archive", Props.empty());
        return archive;
    }

    private MetricsArchive(ActorSystem<?> control, RegionId self, DataSource database) {
        this.control = control;
        this.self = self.value();
        this.store = new MetricStore(database);
        this.blocking = control.dispatchers().lookup(DispatcherSelector.blocking());
    }

    private static ServiceKey<Ask> key(String region) {
        return ServiceKey.create(Ask.class, "metrics-archive-" + region);
    }

    private Behavior<Ask> exchange(Set<RegionId> others) {
        return Behaviors.setup(context -> {
            context.getSystem().receptionist().tell(Receptionist.register(key(self), context.getSelf()));
            for (RegionId region : others) {
                context.spawnAnonymous(Behaviors.<Receptionist.Listing>setup(listener -> {
                    listener.getSystem()
                            .receptionist()
                            .tell(Receptionist.subscribe(key(region.value()), listener.getSelf()));
                    return Behaviors.receiveMessage(listing -> {
                        List<ActorRef<Ask>> there = new ArrayList<>(listing.getServiceInstances(key(region.value())));
                        if (there.isEmpty()) {
                            regions.remove(region.value());
                        } else {
                            regions.put(region.value(), there.get(0));
                        }
                        return Behaviors.same();
                    });
                }));
            }
            context.spawnAnonymous(forgetting());
            return Behaviors.receiveMessage(ask -> {
                CompletionStage<Void> unused = own(ask.ruleId(), ask.sinceEpochMs(), ask.atMost())
                        .thenAccept(samples -> ask.replyTo().tell(new Samples(bounded(samples))));
                return Behaviors.same();
            });
        });
    }

    private Behavior<String> forgetting() {
        return Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay("forget", FORGET_EVERY);
            return Behaviors.receive((context, message) -> {
                CompletableFuture<Boolean> unused = Offload.to(blocking, () -> {
                    long before = System.currentTimeMillis() - KEPT.toMillis();
                    store.forget(before, idOf(before));
                    return true;
                });
                return Behaviors.same();
            });
        });
    }

    private static List<MetricSample> bounded(List<MetricSample> newestFirst) {
        List<MetricSample> bounded = new ArrayList<>();
        int characters = 0;
        for (MetricSample sample : newestFirst) {
            characters += MetricStore.text(sample).length();
            if (characters > ANSWER_CHARACTERS) {
                break;
            }
            bounded.add(sample);
        }
        return bounded;
    }

    /**
     * A new id, which contains its time of creation: a sample measured long ago and recorded now is kept as long as the
     * rest.
     */
    public static String newId(long epochMs) {
        byte[] random = new byte[8];
        ThreadLocalRandom.current().nextBytes(random);
        return idOf(epochMs) + "-" + HexFormat.of().formatHex(random);
    }

    /**
     * Ids of that time and later sort after this one, and earlier ones, which begin with hexadecimal digits, before it.
     */
    private static String idOf(long epochMs) {
        return String.format(Locale.ROOT, "r%014d", epochMs);
    }

    /** Completes when the sample is in the database; fails when it may not be. */
    public CompletionStage<Boolean> record(MetricSample sample) {
        return Offload.to(blocking, () -> {
            store.record(sample);
            return true;
        });
    }

    /** The newest samples of this region alone, newest first. */
    public CompletionStage<List<MetricSample>> newest(RuleId rule, int atMost) {
        return own(rule.value(), 0, atMost);
    }

    /** The newest sample of each balancer of this region alone, of those measured since a time. */
    public CompletionStage<Map<String, MetricSample>> newestOfEach(long sinceEpochMs) {
        return Offload.to(blocking, () -> {
            Map<String, MetricSample> newest = new TreeMap<>();
            for (MetricSample sample : store.newest(sinceEpochMs, BALANCERS)) {
                newest.putIfAbsent(sample.ruleId(), sample);
            }
            return newest;
        });
    }

    /** The samples of all regions since a time, oldest first. */
    public CompletionStage<Found> read(String rule, long sinceEpochMs) {
        Map<String, CompletableFuture<List<MetricSample>>> asked = new HashMap<>();
        asked.put(self, own(rule, sinceEpochMs, SAMPLES).toCompletableFuture());
        regions.forEach((region, archive) -> asked.put(
                region,
                AskPattern.<Ask, Samples>ask(
                                archive,
                                replyTo -> new Ask(rule, sinceEpochMs, SAMPLES, replyTo),
                                PATIENCE,
                                control.scheduler())
                        .thenApply(Samples::samples)
                        .toCompletableFuture()));
        CompletableFuture<Found> found = CompletableFuture.completedFuture(new Found(List.of(), Set.of()));
        for (Map.Entry<String, CompletableFuture<List<MetricSample>>> region : asked.entrySet()) {
            boolean own = region.getKey().equals(self);
            found = found.thenCombine(
                    region.getValue().handle((samples, failure) -> {
                        if (samples == null && own) {
                            throw new CompletionException(failure);
                        }
                        return samples == null
                                ? new Found(List.of(), Set.of(region.getKey()))
                                : new Found(samples, Set.of());
                    }),
                    MetricsArchive::together);
        }
        return found.thenApply(all -> new Found(
                all.samples().stream()
                        .sorted(Comparator.comparingLong(MetricSample::epochMs).thenComparing(MetricSample::id))
                        .toList(),
                all.silent()));
    }

    private static Found together(Found a, Found b) {
        List<MetricSample> samples = new ArrayList<>(a.samples());
        samples.addAll(b.samples());
        Set<String> silent = new TreeSet<>(a.silent());
        silent.addAll(b.silent());
        return new Found(samples, silent);
    }

    private CompletionStage<List<MetricSample>> own(String ruleId, long sinceEpochMs, int atMost) {
        return Offload.to(blocking, () -> store.read(ruleId, sinceEpochMs, Math.min(atMost, SAMPLES)));
    }
}
