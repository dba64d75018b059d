package dev.windrose.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP statuses, such as {@code 200-299,301,403}. */
public record StatusSet(List<Range> ranges) {

    /** Ranges that one set may have. */
    public static final int RANGES_AT_MOST = 16;

    public static final StatusSet NONE = new StatusSet(List.of());

    private static final Pattern RANGE = Pattern.compile("([1-5][0-9][0-9])(?:-([1-5][0-9][0-9]))?");

    /** Both ends included. */
    public record Range(int from, int to) {

        @Override
        public String toString() {
            return from == to ? Integer.toString(from) : from + "-" + to;
        }
    }

    public StatusSet {
        ranges = List.copyOf(ranges);
    }

    public static StatusSet of(int from, int to) {
        return new StatusSet(List.of(new Range(from, to)));
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    public boolean contains(int status) {
        for (Range range : ranges) {
            if (range.from() <= status && status <= range.to()) {
                return true;
            }
        }
        return false;
    }

    /**
     * The set in order, with ranges that touch made one.
     *
     * @param text statuses and ranges with commas between them; empty for none
     * @throws IllegalArgumentException when it has another form
     */
    public static StatusSet parse(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        List<Range> given = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher range = RANGE.matcher(part);
            int from = range.matches() ? Integer.parseInt(range.group(1)) : 0;
            int to = from == 0 || range.group(2) == null ? from : Integer.parseInt(range.group(2));
            if (from == 0 || to < from || given.size() >= RANGES_AT_MOST) {
                throw new IllegalArgumentException("'" + part + "' (expected: at most " + RANGES_AT_MOST
                        + " statuses or ranges from 100 to 599, such as 200-299,301,403)");
            }
            given.add(new Range(from, to));
        }
        given.sort(Comparator.comparingInt(Range::from));
        List<Range> merged = new ArrayList<>();
        for (Range range : given) {
            Range last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last != null && range.from() <= last.to() + 1) {
                merged.set(merged.size() - 1, new Range(last.from(), Math.max(last.to(), range.to())));
            } else {
                merged.add(range);
            }
        }
        return new StatusSet(merged);
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        ranges.forEach(range -> text.append(text.isEmpty() ? "" : ",").append(range));
        return text.toString();
    }
}
