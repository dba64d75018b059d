package dev.windrose.watch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator should know of this node now: raised once, logged once, shown until it is cleared. Safe for all
 * threads; waits for nothing.
 */
public final class Alarms {

    /** 1 while an alarm of this {@code kind} is raised about {@code source}, else 0. */
    public static final String ALARM = "windrose.alarm";

    /** Alarms that were not kept because too many were raised. */
    public static final String DROPPED = "windrose.alarm.dropped";

    /** Kinds of alarms; the names are part of the API. */
    public enum Kind {
        /** The journal of another region is not the one it was. */
        INCARNATION,
        /** This region's journal lost events that the region named as source has. */
        LOST_TAIL,
        /** A definition could not take an event. */
        PARKED,
        /** States differ between regions for longer than replication takes. */
        DIGEST,
        /** Two clusters exist where one should be, or did a moment ago. */
        TWO_CLUSTERS,
        /** A node's clock is off by more than the bound. */
        CLOCK,
        /** Acknowledged edits were superseded by concurrent ones, or merged into something that is not valid. */
        CONFLICT,
        /** The journal cannot be written. */
        JOURNAL,
        /** A pool of threads or connections is saturated. */
        SATURATED,
        /** A part of the node is unavailable: it failed, waits for its replicator, or starts again. */
        PART_AWAY,
        /** A directory or file that the node needs was removed or cannot be written. */
        FILES
    }

    /**
     * One raised alarm.
     *
     * @param source what it is about: a region, a node, a part; from a small set
     * @param detail for people: what was seen, and what to do
     */
    public record Alarm(Kind kind, String source, String detail, long sinceEpochMs) {}

    private record Key(Kind kind, String source) {}

    /** What mends itself within seconds stays raised for so long, for whoever looks now and then. */
    static final Duration SEEN_FOR = Duration.ofMinutes(10);

    private static final int AT_MOST = 1000;
    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);

    private final MeterRegistry registry;
    private final LongSupplier epochMs;
    private final Counter dropped;
    private final Map<Key, Alarm> raised = new ConcurrentHashMap<>();
    private final Map<Key, AtomicInteger> gauges = new ConcurrentHashMap<>();

    public Alarms(MeterRegistry registry, LongSupplier epochMs) {
        this.registry = registry;
        this.epochMs = epochMs;
        this.dropped = registry.counter(DROPPED);
    }

    /** Raises the alarm, or updates the detail of a raised one. */
    public void raise(Kind kind, String source, String detail) {
        Key key = new Key(kind, source);
        if (!raised.containsKey(key) && raised.size() >= AT_MOST) {
            dropped.increment();
            return;
        }
        if (!gauges.containsKey(key) && gauges.size() >= AT_MOST) {
            forgetCleared();
        }
        Alarm before = raised.get(key);
        raised.put(key, new Alarm(kind, source, detail, before == null ? epochMs.getAsLong() : before.sinceEpochMs()));
        gauge(key).set(1);
        if (before == null) {
            LOG.error("alarm [{}] source [{}] raised, [{}]", name(kind), source, detail);
        }
    }

    /** Clears the alarm, if it is raised. */
    public void clear(Kind kind, String source) {
        Key key = new Key(kind, source);
        if (raised.remove(key) != null) {
            gauge(key).set(0);
            LOG.info("alarm [{}] source [{}] cleared", name(kind), source);
        }
    }

    /** Clears an alarm whose cause is mended, once it has been seen for {@link #SEEN_FOR}. Called again and again. */
    public void mended(Kind kind, String source) {
        Alarm alarm = raised.get(new Key(kind, source));
        if (alarm != null && epochMs.getAsLong() - alarm.sinceEpochMs() >= SEEN_FOR.toMillis()) {
            clear(kind, source);
        }
    }

    /** Raises the alarm with this detail, or clears it when the detail is null. */
    public void set(Kind kind, String source, @Nullable String detail) {
        if (detail == null) {
            clear(kind, source);
        } else {
            raise(kind, source, detail);
        }
    }

    /** What is raised now, the oldest first. */
    public List<Alarm> raised() {
        return raised.values().stream()
                .sorted(Comparator.comparingLong(Alarm::sinceEpochMs)
                        .thenComparing(Alarm::kind)
                        .thenComparing(Alarm::source))
                .toList();
    }

    /** The name of a kind in the API and in meters. */
    public static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private void forgetCleared() {
        gauges.keySet().removeIf(key -> {
            boolean cleared = !raised.containsKey(key);
            Gauge meter = cleared ? registry.find(ALARM).tags(tags(key)).gauge() : null;
            if (meter != null) {
                registry.remove(meter);
            }
            return cleared;
        });
    }

    private static Tags tags(Key key) {
        return Tags.of("kind", name(key.kind()), "source", key.source());
    }

    private AtomicInteger gauge(Key key) {
        return gauges.computeIfAbsent(key, created -> {
            AtomicInteger value = new AtomicInteger();
            registry.gauge(ALARM, tags(created), value);
            return value;
        });
    }
}
