package dev.windrose.watch;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/** How much is logged, by the names of loggers. Changes last until this process ends. */
public final class LogLevels {

    /**
     * Names that may be given a level though nobody logs by them yet, as of classes that are loaded later. A logger that was
     * made stays until the process ends, so each costs memory for good.
     */
    public static final int NEW_AT_MOST = 256;

    private final int newAtMost;
    private final AtomicInteger made = new AtomicInteger();

    /** @param newAtMost such as {@link #NEW_AT_MOST} */
    public LogLevels(int newAtMost) {
        this.newAtMost = newAtMost;
    }

    /** The levels that were set, by logger; the others have that of the longest name that begins theirs. */
    public static Map<String, String> all() {
        Map<String, String> levels = new TreeMap<>();
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            for (Logger logger : context.getLoggerList()) {
                if (logger.getLevel() != null) {
                    levels.put(logger.getName(), logger.getLevel().toString().toLowerCase(Locale.ROOT));
                }
            }
        }
        return levels;
    }

    /** Whether that is the name of a level; {@code inherited} takes a level back. */
    public static boolean isLevel(String text) {
        return text.matches("trace|debug|info|warn|error|off|inherited");
    }

    /**
     * Sets the level of a logger.
     *
     * @return false when nobody logs by that name, and as many such names as may be have been given a level before
     */
    public boolean set(String logger, String level) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            boolean inherits = level.equals("inherited") && !logger.equals(org.slf4j.Logger.ROOT_LOGGER_NAME);
            if (context.exists(logger) == null) {
                if (inherits) {
                    return true;
                }
                if (made.incrementAndGet() > newAtMost) {
                    made.decrementAndGet();
                    return false;
                }
            }
            context.getLogger(logger).setLevel(inherits ? null : Level.toLevel(level, Level.INFO));
        }
        return true;
    }
}
