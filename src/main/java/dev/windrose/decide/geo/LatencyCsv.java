package dev.windrose.decide.geo;

import dev.windrose.model.RegionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Round trips as CSV: a header and lines {@code from,to,rtt_ms,spread_ms,samples,age_seconds}, of which the last three
 * are optional. {@code from} is a place as {@link PlaceKey#parse} reads it, {@code to} a region.
 */
public final class LatencyCsv {

    /** Maximum number of lines of one text, header included. */
    public static final int MAX_LINES = 100_000;

    /** Values beyond these are not round trips. */
    public static final double LEAST_MS = 0.01;

    public static final double MOST_MS = 10_000;

    private static final String HEAD = "from,to,rtt_ms,spread_ms,samples,age_seconds";
    private static final int LEAST_COLUMNS = 3;
    private static final int MAX_LINE = 200;
    private static final double USUAL_SAMPLES = 20;
    private static final double LEAST_SAMPLES = 0.01;
    private static final double MOST_SAMPLES = 1_000_000;
    private static final long MOST_AGE_SECONDS = 366L * 86_400;

    /**
     * Parses a complete text. A place's traffic is its number of samples.
     *
     * @throws IllegalArgumentException for the first line that is wrong: {@code line 7: ...}
     */
    public static List<LatencyMap.Place> parse(Iterator<String> lines) {
        Map<String, List<LatencyMap.Leg>> legs = new LinkedHashMap<>();
        Set<String> pairs = new HashSet<>();
        int columns = 0;
        int number = 0;
        while (lines.hasNext()) {
            number++;
            String line = lines.next().strip();
            try {
                if (number > MAX_LINES) {
                    throw new IllegalArgumentException("too many (expected: at most " + MAX_LINES + ")");
                }
                if (number == 1) {
                    columns = columns(line);
                } else if (!line.isEmpty()) {
                    take(line, columns, legs, pairs);
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + number + ": " + e.getMessage());
            }
        }
        if (legs.isEmpty()) {
            throw new IllegalArgumentException("line " + (number + 1) + ": missing (expected: " + HEAD + ")");
        }
        List<LatencyMap.Place> places = new ArrayList<>();
        legs.forEach((from, to) -> places.add(new LatencyMap.Place(
                from, "", to.stream().mapToDouble(LatencyMap.Leg::samples).sum(), to)));
        return places;
    }

    private static int columns(String head) {
        int columns = head.split(",", -1).length;
        if (columns < LEAST_COLUMNS || !(HEAD + ",").startsWith(head + ",")) {
            throw wrong("head", head, HEAD + ", of which the last three are optional");
        }
        return columns;
    }

    private static void take(String line, int columns, Map<String, List<LatencyMap.Leg>> legs, Set<String> pairs) {
        String[] parts = line.split(",", -1);
        if (line.length() > MAX_LINE || parts.length < LEAST_COLUMNS || parts.length > columns) {
            throw wrong("columns", line, LEAST_COLUMNS + " to " + columns + ", as in the header line");
        }
        long from = PlaceKey.parse(parts[0].strip());
        String place =
                PlaceKey.text(from, PlaceKey.isName(from) ? parts[0].strip().toLowerCase(Locale.ROOT) : null);
        String to = new RegionId(parts[1].strip()).value();
        if (!pairs.add(place + "," + to)) {
            throw wrong("from,to", place + "," + to, "each pair once");
        }
        double ms = number("rtt_ms", parts[2], LEAST_MS, MOST_MS);
        double spread = number("spread_ms", part(parts, 3, Math.max(1, ms / 10)), 0, MOST_MS);
        double samples = number("samples", part(parts, 4, USUAL_SAMPLES), LEAST_SAMPLES, MOST_SAMPLES);
        double age = number("age_seconds", part(parts, 5, 0), 0, MOST_AGE_SECONDS);
        legs.computeIfAbsent(place, each -> new ArrayList<>())
                .add(new LatencyMap.Leg(to, ms, spread, samples, (long) age));
    }

    private static String part(String[] parts, int at, double unset) {
        return parts.length > at && !parts[at].isBlank() ? parts[at] : Double.toString(unset);
    }

    private static double number(String what, String text, double least, double most) {
        double number = Double.NaN;
        try {
            number = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            // Reported below, together with values out of range.
        }
        if (!(number >= least && number <= most)) {
            throw wrong(what, text, said(least) + " to " + said(most));
        }
        return number;
    }

    private static IllegalArgumentException wrong(String what, String text, String expected) {
        String shown = text.length() <= 60 ? text : text.substring(0, 60) + "...";
        return new IllegalArgumentException(what + ": '" + shown + "' (expected: " + expected + ")");
    }

    /** The text that {@link #parse} reads back: the first places, as many as it accepts. */
    public static String write(List<LatencyMap.Place> places) {
        StringBuilder text = new StringBuilder(HEAD).append('\n');
        int lines = 1;
        for (LatencyMap.Place place : places) {
            lines += place.legs().size();
            if (lines > MAX_LINES) {
                break;
            }
            for (LatencyMap.Leg leg : place.legs()) {
                text.append(place.place()).append(',').append(leg.region());
                text.append(',').append(said(Math.min(MOST_MS, Math.max(LEAST_MS, leg.meanMs()))));
                text.append(',').append(said(leg.spreadMs()));
                text.append(',').append(said(Math.max(LEAST_SAMPLES, leg.samples())));
                text.append(',').append(Math.max(0, leg.ageSeconds())).append('\n');
            }
        }
        return text.toString();
    }

    /** With at most three decimals. */
    private static String said(double number) {
        double rounded = Math.round(number * 1000) / 1000.0;
        return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
    }

    private LatencyCsv() {}
}
