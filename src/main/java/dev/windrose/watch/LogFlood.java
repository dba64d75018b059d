package dev.windrose.watch;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Lets one warning of each kind pass in a minute, of what Akka says: a partition or a pause makes hundreds of the same. What was
 * held back is counted, and said with the next one of its kind. Named in {@code logback.xml}.
 *
 * <p>A kind is a logger and a text without what stands in brackets or is a number.
 */
public final class LogFlood extends TurboFilter {

    /** Lines that were held back because another of their kind was logged within the minute. */
    public static final String SUPPRESSED = "windrose.log.suppressed";

    private static final String OF = "akka.";
    private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int KINDS_AT_MOST = 500;
    private static final int TEXT_AT_MOST = 300;
    private static final Pattern DETAIL = Pattern.compile("\\[[^\\]]*+\\]?|#?-?\\d[\\w.:-]*");
    private static final LongAdder HELD_BACK = new LongAdder();
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LogFlood.class);

    private static final class Kind {
        private long sinceNanos;
        private long heldBack;
    }

    private final LongSupplier nanoTime;
    private final Map<String, Kind> kinds = new HashMap<>();

    public LogFlood() {
        this(System::nanoTime);
    }

    LogFlood(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Shows what was held back in this process. */
    static void show(MeterRegistry registry) {
        FunctionCounter.builder(SUPPRESSED, HELD_BACK, LongAdder::doubleValue).register(registry);
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] params,
            @Nullable Throwable failure) {
        boolean concerned = format != null
                && level.equals(Level.WARN)
                && logger.getName().startsWith(OF)
                && logger.getEffectiveLevel().toInt() <= Level.WARN_INT;
        return !concerned || passes(logger.getName() + " " + kind(format)) ? FilterReply.NEUTRAL : FilterReply.DENY;
    }

    private static String kind(String text) {
        String some = text.length() > TEXT_AT_MOST ? text.substring(0, TEXT_AT_MOST) : text;
        return DETAIL.matcher(some).replaceAll("_");
    }

    private boolean passes(String name) {
        long now = nanoTime.getAsLong();
        long heldBack;
        synchronized (kinds) {
            if (kinds.size() >= KINDS_AT_MOST && !kinds.containsKey(name)) {
                kinds.values().removeIf(kind -> now - kind.sinceNanos >= WINDOW_NANOS);
            }
            // More kinds than anybody could read in a minute are one.
            String as = kinds.size() >= KINDS_AT_MOST && !kinds.containsKey(name) ? "" : name;
            Kind kind = kinds.get(as);
            if (kind != null && now - kind.sinceNanos < WINDOW_NANOS) {
                kind.heldBack++;
                HELD_BACK.increment();
                return false;
            }
            heldBack = kind == null ? 0 : kind.heldBack;
            Kind fresh = new Kind();
            fresh.sinceNanos = now;
            kinds.put(as, fresh);
        }
        if (heldBack > 0) {
            LOG.info("[{}] more warnings like the next were not logged", heldBack);
        }
        return true;
    }
}
