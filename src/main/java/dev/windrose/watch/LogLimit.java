package dev.windrose.watch;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

/**
 * Lets one line of each kind a minute through of what others log at WARN and ERROR: what strangers send, or a broken database, would fill
 * the disk. A kind is the logger, the level, the text without what is filled in, and the class of the failure. What was held back is
 * counted, and told in a line of its own with the next of its kind. Warnings are one line: without the stack of their failure.
 */
public final class LogLimit extends TurboFilter {

    /** Lines that were held back since the start. */
    public static final String HELD_BACK = "windrose.log.held.back";

    private static final long EVERY_NANOS = 60_000_000_000L;
    private static final int KINDS_AT_MOST = 1000;
    private static final int KEPT_FOR_THE_CLUSTER = 200;
    private static final int TEXT_AT_MOST = 300;
    private static final Pattern DETAIL = Pattern.compile("\\[[^\\]]*+\\]?|#?-?\\d[\\w.:-]*");
    private static final AtomicLong ALL = new AtomicLong();

    private record Kind(
            String logger, int level, String text, @Nullable Class<?> failure) {}

    private static final class Told {
        private final AtomicLong atNanos;
        private final AtomicLong heldBack = new AtomicLong();

        Told(long now) {
            atNanos = new AtomicLong(now - EVERY_NANOS);
        }
    }

    private final ConcurrentMap<Kind, Told> kinds = new ConcurrentHashMap<>();
    private final ThreadLocal<Boolean> again = new ThreadLocal<>();
    private final LongSupplier nanoTime;
    private String prefix = "akka";

    public LogLimit() {
        this(System::nanoTime);
    }

    LogLimit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Loggers whose names begin so; set by logback.xml. */
    public void setPrefix(String prefix) {
        this.prefix = prefix;
    }

    /** Lines that were held back since the start, of all kinds. */
    static long heldBack() {
        return ALL.get();
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] params,
            @Nullable Throwable failure) {
        if (format == null
                || again.get() != null
                || !level.isGreaterOrEqual(Level.WARN)
                || !logger.getName().startsWith(prefix)
                || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
            return FilterReply.NEUTRAL;
        }
        long now = nanoTime.getAsLong();
        Kind kind =
                new Kind(logger.getName(), level.toInt(), kind(format), failure == null ? null : failure.getClass());
        Told told = kinds.get(kind);
        if (told == null) {
            // What others can be made to log must not silence what the cluster says of itself.
            int atMost = logger.getName().startsWith("akka.cluster")
                            || logger.getName().startsWith("akka.remote")
                    ? KINDS_AT_MOST + KEPT_FOR_THE_CLUSTER
                    : KINDS_AT_MOST;
            if (kinds.size() >= atMost) {
                kinds.values().removeIf(old -> now - old.atNanos.get() >= EVERY_NANOS);
            }
            if (kinds.size() >= atMost) {
                ALL.incrementAndGet();
                return FilterReply.DENY;
            }
            told = kinds.computeIfAbsent(kind, made -> new Told(now));
        }
        long before = told.atNanos.get();
        if (now - before < EVERY_NANOS || !told.atNanos.compareAndSet(before, now)) {
            told.heldBack.incrementAndGet();
            ALL.incrementAndGet();
            return FilterReply.DENY;
        }
        long heldBack = told.heldBack.getAndSet(0);
        if (heldBack > 0) {
            // Of another logger, which no limit holds.
            ((Logger) org.slf4j.LoggerFactory.getLogger(LogLimit.class))
                    .warn("lines of [{}] suppressed [{}], the next one follows", logger.getName(), heldBack);
        }
        if (failure == null || level != Level.WARN) {
            return FilterReply.NEUTRAL;
        }
        // Where in Akka it went wrong is forty lines, and says nothing to an operator.
        again.set(true);
        try {
            logger.warn(
                    "{}, cause [{}]",
                    MessageFormatter.arrayFormat(format, params).getMessage(),
                    failure.toString());
        } finally {
            again.remove();
        }
        return FilterReply.DENY;
    }

    /** Akka fills in its texts before it logs them: what stands in brackets and what is a number does not count. */
    private static String kind(String text) {
        String some = text.length() > TEXT_AT_MOST ? text.substring(0, TEXT_AT_MOST) : text;
        return DETAIL.matcher(some).replaceAll("_");
    }
}
