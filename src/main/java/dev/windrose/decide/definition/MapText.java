package dev.windrose.decide.definition;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the keys of one text in the form that {@link Fields#map} writes, each with its range. Call {@link #end} after
 * reading all keys: it refuses unknown ones.
 */
final class MapText {

    private final String field;
    private final Map<String, String> given;
    private final Set<String> known = new TreeSet<>();

    /** @throws IllegalArgumentException when the text is no list of keys and values */
    MapText(String field, String text) {
        this.field = field;
        this.given = Fields.entries(text);
    }

    /** The key as problems name it. */
    String name(String key) {
        return field + "." + key;
    }

    boolean has(String key) {
        return given.containsKey(key);
    }

    String text(String key, String unset) {
        known.add(key);
        return given.getOrDefault(key, unset);
    }

    double number(String key, double unset, double least, double most) {
        known.add(key);
        String text = given.get(key);
        if (text == null) {
            return unset;
        }
        double number = Fields.number(name(key), text);
        if (!(number >= least && number <= most)) {
            throw new IllegalArgumentException(
                    name(key) + ": " + number + " (expected: " + least + " to " + most + ")");
        }
        return number;
    }

    int whole(String key, int unset, int least, int most) {
        double number = number(key, unset, least, most);
        if (number != Math.rint(number)) {
            throw new IllegalArgumentException(name(key) + ": " + number + " (expected: an integer)");
        }
        return (int) number;
    }

    /** A time in ms. */
    Duration millis(String key, Duration unset, long leastMs, long mostMs) {
        return Duration.ofMillis((long) number(key, (double) unset.toMillis(), (double) leastMs, (double) mostMs));
    }

    /** A wall clock time in ms since 1970. */
    long epochMs(String key) {
        return (long) number(key, 0, 0, 1e15);
    }

    boolean flag(String key, boolean unset) {
        known.add(key);
        String text = given.get(key);
        return text == null ? unset : Fields.flag(name(key), text);
    }

    <E extends Enum<E>> E choice(String key, Class<E> type, E unset) {
        known.add(key);
        String text = given.get(key);
        if (text == null) {
            return unset;
        }
        Set<String> names = new TreeSet<>();
        for (E constant : type.getEnumConstants()) {
            String name = constant.name().toLowerCase(Locale.ROOT);
            if (name.equals(text)) {
                return constant;
            }
            names.add(name);
        }
        throw new IllegalArgumentException(
                name(key) + ": '" + text + "' (expected: one of " + String.join(", ", names) + ")");
    }

    /** @throws IllegalArgumentException when a key was never read */
    void end() {
        for (String key : given.keySet()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException(
                        field + ": unknown key '" + key + "' (expected: " + String.join(", ", known) + ")");
            }
        }
    }
}
