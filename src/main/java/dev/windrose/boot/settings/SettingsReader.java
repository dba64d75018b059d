package dev.windrose.boot.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/** Reads typed values and refuses those out of range, each with the message of {@link WrongSetting}. */
public final class SettingsReader {

    private final SectionReader reading;
    private final String prefix;

    SettingsReader(SectionReader reading) {
        this(reading, "");
    }

    private SettingsReader(SectionReader reading, String prefix) {
        this.reading = reading;
        this.prefix = prefix;
    }

    /** Reads the keys below {@code path}. */
    public SettingsReader at(String path) {
        return new SettingsReader(reading, prefix + path + ".");
    }

    /** The values of another section; it is read first. Two sections must not depend on each other. */
    public <S> S of(Section<S> section) {
        return reading.of(section);
    }

    /** Whether the node runs without authentication, and so listens on loopback only. */
    public boolean dev() {
        return reading.dev();
    }

    public String text(String key) {
        return value(key, "a text", Config::getString);
    }

    public boolean flag(String key) {
        return value(key, "true or false", Config::getBoolean);
    }

    public int number(String key, int from, int to) {
        return within(key, value(key, from + " to " + to, Config::getInt), from, to, from + " to " + to);
    }

    public double fraction(String key, double from, double to) {
        return within(key, value(key, from + " to " + to, Config::getDouble), from, to, from + " to " + to);
    }

    /** A size such as {@code 64 KiB}, in bytes. */
    public long bytes(String key, long from, long to) {
        String expected = from + " to " + to + " bytes, such as 64 KiB";
        return within(key, value(key, expected, Config::getBytes), from, to, expected);
    }

    public int size(String key, int from, int to) {
        return Math.toIntExact(bytes(key, from, to));
    }

    public Duration time(String key, Duration from, Duration to) {
        String expected = said(from) + " to " + said(to);
        return within(key, value(key, expected, Config::getDuration), from, to, expected);
    }

    /** As {@link #time}; zero, which means never, is valid too. */
    public Duration timeOrNever(String key, Duration from, Duration to) {
        String expected = said(from) + " to " + said(to) + ", or 0s to disable it";
        Duration time = value(key, expected, Config::getDuration);
        return time.isZero() ? time : within(key, time, from, to, expected);
    }

    /** A list, or one text separated by commas, as in an environment variable. */
    public List<String> texts(String key) {
        return value(key, "a list of strings", (c, path) -> {
            if (c.getValue(path).unwrapped() instanceof String text) {
                return Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .toList();
            }
            return c.getStringList(path);
        });
    }

    public RegionId region(String key) {
        String text = text(key);
        try {
            return new RegionId(text);
        } catch (IllegalArgumentException e) {
            throw wrong(key, "a region name, such as eu-west-1");
        }
    }

    public List<RegionId> regions(String key) {
        List<RegionId> regions = new ArrayList<>();
        for (String text : texts(key)) {
            try {
                regions.add(new RegionId(text));
            } catch (IllegalArgumentException e) {
                throw wrong(key, "region names, such as eu-west-1");
            }
        }
        return List.copyOf(regions);
    }

    public <E extends Enum<E>> E choice(String key, Class<E> type) {
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

    /** The error for the current value of {@code key}. */
    public WrongSetting wrong(String key, String expected) {
        String path = prefix + key;
        String value = reading.config().hasPathOrNull(path) && !reading.config().getIsNull(path)
                ? String.valueOf(reading.config().getValue(path).unwrapped())
                : "nothing";
        String where = reading.whereFrom(path);
        return new WrongSetting(path + ": " + Settings.shown(path, value) + " (expected: " + expected + ")"
                + (where.isEmpty() ? "" : ", set in " + where));
    }

    private <T> T value(String key, String expected, BiFunction<Config, String, T> get) {
        reading.reads(prefix + key);
        try {
            return get.apply(reading.config(), prefix + key);
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

    /** A duration as written in the settings files. */
    public static String said(Duration time) {
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
