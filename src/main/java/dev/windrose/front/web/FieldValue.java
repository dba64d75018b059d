package dev.windrose.front.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.decide.geo.PlaceNames;
import dev.windrose.model.Identifier;
import dev.windrose.model.PlainText;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One value in the body of a request: a field, an entry of a list, or the key of an object. It is read as what it must be;
 * anything else is refused by a {@link Problem} that names the path, the value and what was expected.
 *
 * @param path of the field, by which whoever sent it finds it: {@code weights.eu-west-1}
 */
record FieldValue(String path, JsonNode value) {

    private static final String NUMBER = "-?[0-9]{1,20}(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?";

    /** The key of an object, which is read as a text. */
    static FieldValue key(String path, String key) {
        return new FieldValue(path, Json.object().textNode(key));
    }

    /** Another value by the same path, such as an entry of this list. */
    FieldValue with(JsonNode entry) {
        return new FieldValue(path, entry);
    }

    Problem wrong(String expected) {
        return Problem.invalid(path + ": " + Json.shortened(value.toString()) + " (expected: " + expected + ")");
    }

    /** A text as people write it. */
    String text(int atMost) {
        if (!value.isTextual() || value.textValue().length() > atMost || !PlainText.is(value.textValue())) {
            throw wrong("a string of at most " + atMost + " characters, without control or invisible characters");
        }
        return value.textValue();
    }

    /** A text without spaces. */
    String word(int atMost) {
        if (!value.isTextual()
                || value.textValue().isEmpty()
                || value.textValue().length() > atMost
                || value.textValue().chars().anyMatch(c -> c <= ' ' || c > 126)) {
            throw wrong("1 to " + atMost + " printable characters without spaces");
        }
        return value.textValue();
    }

    /** A name such as of a rule. */
    String name() {
        if (!value.isTextual() || !Identifier.FORM.matcher(value.textValue()).matches()) {
            throw wrong("a name of 1 to 63 of a-z, 0-9, '.', '_', '-', such as eu-west-1");
        }
        return value.textValue();
    }

    /** The name of a region, in any case. */
    String region() {
        return value.isTextual()
                ? key(path, value.textValue().toLowerCase(Locale.ROOT)).name()
                : name();
    }

    /** The usual name of a place, which people write in several ways. */
    String place() {
        boolean written = value.isTextual() && PlaceNames.isPlace(value.textValue());
        return written ? key(path, PlaceNames.canonical(value.textValue())).name() : name();
    }

    boolean flag() {
        if (!value.isBoolean()) {
            throw wrong("true or false");
        }
        return value.booleanValue();
    }

    double number(double least, double most) {
        if (!value.isNumber() || !(value.doubleValue() >= least && value.doubleValue() <= most)) {
            throw wrong("a number from " + plain(least) + " to " + plain(most));
        }
        return value.doubleValue();
    }

    long whole(long least, long most) {
        double number = number((double) least, (double) most);
        if (number != Math.rint(number)) {
            throw wrong("an integer");
        }
        return value.longValue();
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) && Math.abs(bound) < 1e15
                ? Long.toString((long) bound)
                : Double.toString(bound);
    }

    /** A number, or a text that is one in decimal form, as written. */
    String scalar() {
        if (value.isTextual()) {
            if (!value.textValue().matches(NUMBER)) {
                throw wrong("a number");
            }
            return value.textValue();
        }
        double number = number(-1e15, 1e15);
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    /** A text, or a list of texts and whole numbers as one text with commas. */
    String listed(int atMost) {
        if (value.isTextual() && value.textValue().isEmpty()) {
            return "";
        }
        if (value.isTextual()) {
            return word(atMost);
        }
        if (!value.isArray() || value.size() > atMost) {
            throw wrong("a string or a list");
        }
        List<String> parts = new ArrayList<>();
        value.forEach(
                part -> parts.add(part.isInt() ? part.asText() : with(part).word(atMost)));
        String text = String.join(",", parts);
        if (text.length() > atMost) {
            throw wrong("at most " + atMost + " characters");
        }
        return text;
    }

    /** A point in time; one without a zone is taken as UTC. */
    Instant time() {
        String text = text(64);
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            try {
                return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
            } catch (DateTimeParseException again) {
                throw wrong("an ISO 8601 time such as 2026-01-31T12:00:00Z");
            }
        }
    }

    /** Whether a point in time says its zone. */
    boolean isZoned() {
        try {
            OffsetDateTime.parse(text(64));
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    /**
     * The keys of an object and their values.
     *
     * @param of what they are, in the plural
     */
    Set<Map.Entry<String, JsonNode>> entries(int atMost, String of) {
        if (!value.isObject() || value.size() > atMost) {
            throw wrong("an object of at most " + atMost + " " + of);
        }
        return value.properties();
    }
}
