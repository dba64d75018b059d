package dev.windrose.boot;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Reads typed values and refuses the ones out of range, each with the line of {@link WrongSetting}. Remembers what was
 * read, so that a test can tell which declared key nobody reads.
 */
final class SettingsReader {

    private final Config config;
    private final String prefix;
    private final Function<String, String> whereFrom;
    private final Set<String> read;

    /** @param whereFrom says for a key where its value was set */
    SettingsReader(Config config, Function<String, String> whereFrom) {
        this(config, "", whereFrom, new TreeSet<>());
    }

    private SettingsReader(Config config, String prefix, Function<String, String> whereFrom, Set<String> read) {
        this.config = config;
        this.prefix = prefix;
        this.whereFrom = whereFrom;
        this.read = read;
    }

    /** Reads the keys below {@code path}. */
    SettingsReader at(String path) {
        return new SettingsReader(config, prefix + path + ".", whereFrom, read);
    }

    /** The whole keys that were read so far. */
    Set<String> keysRead() {
        return read;
    }

    String text(String key) {
        return value(key, "a text", Config::getString);
    }

    boolean flag(String key) {
        return value(key, "true or false", Config::getBoolean);
    }

    int number(String key, int from, int to) {
        return within(key, value(key, from + " to " + to, Config::getInt), from, to, from + " to " + to);
    }

    double fraction(String key, double from, double to) {
        return within(key, value(key, from + " to " + to, Config::getDouble), from, to, from + " to " + to);
    }

    /** A size such as {@code 64 KiB}, in bytes. */
    long bytes(String key, long from, long to) {
        String expected = from + " to " + to + " bytes, such as 64 KiB";
        return within(key, value(key, expected, Config::getBytes), from, to, expected);
    }

    int size(String key, int from, int to) {
        return Math.toIntExact(bytes(key, from, to));
    }

    Duration time(String key, Duration from, Duration to) {
        String expected = said(from) + " to " + said(to);
        return within(key, value(key, expected, Config::getDuration), from, to, expected);
    }

    /** As {@link #time}; zero, which stands for never, is good too. */
    Duration timeOrNever(String key, Duration from, Duration to) {
        String expected = said(from) + " to " + said(to) + ", or 0s for never";
        Duration time = value(key, expected, Config::getDuration);
        return time.isZero() ? time : within(key, time, from, to, expected);
    }

    /** A list, or one text with commas, which is how a variable of the environment says it. */
    List<String> texts(String key) {
        return value(key, "a list of texts", (c, path) -> {
            if (c.getValue(path).unwrapped() instanceof String text) {
                return Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .toList();
            }
            return c.getStringList(path);
        });
    }

    RegionId region(String key) {
        String text = text(key);
        try {
            return new RegionId(text);
        } catch (IllegalArgumentException e) {
            throw wrong(key, "the name of a region, such as eu-west-1");
        }
    }

    List<RegionId> regions(String key) {
        List<RegionId> regions = new ArrayList<>();
        for (String text : texts(key)) {
            try {
                regions.add(new RegionId(text));
            } catch (IllegalArgumentException e) {
                throw wrong(key, "names of regions, such as eu-west-1");
            }
        }
        return List.copyOf(regions);
    }

    <E extends Enum<E>> E choice(String key, Class<E> type) {
        String text = text(key).toLowerCase(Locale.ROOT);
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            String name = constant.name().toLowerCase(Locale.ROOT);
            if (name.equals(text)) {
                return constant;
            }
            names.add(name);
        }
        throw wrong(key, String.join(", ", names));
    }

    /** The refusal of the value that {@code key} has now. */
    WrongSetting wrong(String key, String expected) {
        String path = prefix + key;
        String value = config.hasPathOrNull(path) && !config.getIsNull(path)
                ? String.valueOf(config.getValue(path).unwrapped())
                : "nothing";
        String where = whereFrom.apply(path);
        return new WrongSetting(path + ": " + Settings.shown(path, value) + " (expected: " + expected + ")"
                + (where.isEmpty() ? "" : ", set in " + where));
    }

    /** Hands on what a settings record has against its values. */
    WrongSetting refusedBy(IllegalArgumentException refusal) {
        return new WrongSetting(prefix + String.valueOf(refusal.getMessage()).replace('\n', ' '));
    }

    private <T> T value(String key, String expected, BiFunction<Config, String, T> get) {
        read.add(prefix + key);
        try {
            return get.apply(config, prefix + key);
        } catch (ConfigException e) {
            throw wrong(key, expected);
        }
    }

    private <T extends Comparable<T>> T within(String key, T value, T from, T to, String expected) {
        if (value.compareTo(from) < 0 || value.compareTo(to) > 0) {
            throw wrong(key, expected);
        }
        return value;
    }

    /** A length of time as the settings files write it. */
    static String said(Duration time) {
        long ms = time.toMillis();
        if (ms % 86_400_000 == 0 && ms > 0) {
            return ms / 86_400_000 + "d";
        } else if (ms % 3_600_000 == 0 && ms > 0) {
            return ms / 3_600_000 + "h";
        } else if (ms % 60_000 == 0 && ms > 0) {
            return ms / 60_000 + "m";
        } else if (ms % 1000 == 0) {
            return ms / 1000 + "s";
        }
        return ms + "ms";
    }
}
