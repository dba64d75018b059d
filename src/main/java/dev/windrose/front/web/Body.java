package dev.windrose.front.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.geo.PlaceNames;
import dev.windrose.model.Identifier;
import dev.windrose.model.PlainText;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads the fields of one JSON object, refusing what is missing, unknown, of the wrong kind or out of range. */
public final class Body {

    private static final String NUMBER = "-?[0-9]{1,20}(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?";

    private final ObjectNode object;
    private final String prefix;

    /** @param known every field that may be there */
    public Body(ObjectNode object, Set<String> known) {
        this(object, "", known);
    }

    private Body(ObjectNode object, String prefix, Set<String> known) {
        this.object = object;
        this.prefix = prefix;
        Iterator<String> names = object.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            if (!known.contains(name)) {
                throw Problem.invalid(prefix + Json.shortened(name) + ": unknown field (expected: only "
                        + String.join(", ", known.stream().sorted().toList()) + ")");
            }
        }
    }

    public boolean has(String field) {
        return object.hasNonNull(field);
    }

    private Problem wrong(String field, JsonNode value, String expected) {
        return Problem.invalid(
                prefix + field + ": " + Json.shortened(value.toString()) + " (expected: " + expected + ")");
    }

    private JsonNode required(String field) {
        JsonNode value = object.get(field);
        if (value == null || value.isNull()) {
            throw Problem.invalid(prefix + field + ": missing (expected: a value)");
        }
        return value;
    }

    public String text(String field, int atMost) {
        JsonNode value = required(field);
        if (!value.isTextual() || value.textValue().length() > atMost || !PlainText.is(value.textValue())) {
            throw wrong(
                    field,
                    value,
                    "a string of at most " + atMost + " characters, without control or invisible characters");
        }
        return value.textValue();
    }

    public String text(String field, int atMost, String unset) {
        return has(field) ? text(field, atMost) : unset;
    }

    /** A name such as of a rule. */
    public String name(String field) {
        return name(field, required(field));
    }

    /** The name of a region, in any case. */
    public String region(String field) {
        return region(field, required(field));
    }

    /** The name of a region that a key of an object is. */
    public String region(String field, String key) {
        return region(field, Json.object().textNode(key));
    }

    private String region(String field, JsonNode value) {
        return name(
                field,
                value.isTextual() ? Json.object().textNode(value.textValue().toLowerCase(Locale.ROOT)) : value);
    }

    private String name(String field, JsonNode value) {
        if (!value.isTextual() || !Identifier.FORM.matcher(value.textValue()).matches()) {
            throw wrong(field, value, "a name of 1 to 63 of a-z, 0-9, '.', '_', '-', such as eu-west-1");
        }
        return value.textValue();
    }

    /**
     * Names, each once.
     *
     * @param regions names of regions, which may be in any case
     */
    public List<String> names(String field, int least, int most, boolean regions) {
        return each(field, least, most, "names", entry -> regions ? region(field, entry) : name(field, entry), "name");
    }

    /** Names of places as people write them, each place once, by its usual name. */
    public List<String> places(String field, int least, int most) {
        return each(field, least, most, "place names", entry -> place(field, entry), "place");
    }

    private List<String> each(
            String field, int least, int most, String what, Function<JsonNode, String> read, String one) {
        JsonNode value = required(field);
        if (!value.isArray() || value.size() < least || value.size() > most) {
            throw wrong(field, value, "a list of " + least + " to " + most + " " + what);
        }
        List<String> all = new ArrayList<>();
        for (JsonNode entry : value) {
            String text = read.apply(entry);
            if (all.contains(text)) {
                throw wrong(field, value, "each " + one + " once");
            }
            all.add(text);
        }
        return all;
    }

    /** The usual name of a place that a key of an object is. */
    public String place(String field, String key) {
        return place(field, Json.object().textNode(key));
    }

    /** Gives the keys of an object other names, in their order; anything but an object stays as it is. */
    public void renameKeys(String field, UnaryOperator<String> name) {
        if (!(object.get(field) instanceof ObjectNode keyed)) {
            return;
        }
        ObjectNode renamed = object.putObject(field);
        keyed.properties().forEach(entry -> {
            String key = name.apply(entry.getKey());
            if (renamed.has(key)) {
                throw wrong(field, keyed, "each name once; '" + key + "' is given in two spellings");
            }
            renamed.set(key, entry.getValue());
        });
    }

    private String place(String field, JsonNode value) {
        boolean written = value.isTextual() && PlaceNames.isPlace(value.textValue());
        return name(field, written ? Json.object().textNode(PlaceNames.canonical(value.textValue())) : value);
    }

    public boolean flag(String field, boolean unset) {
        if (!has(field)) {
            return unset;
        }
        JsonNode value = required(field);
        if (!value.isBoolean()) {
            throw wrong(field, value, "true or false");
        }
        return value.booleanValue();
    }

    public double number(String field, double least, double most) {
        return number(field, required(field), least, most);
    }

    public double number(String field, double least, double most, double unset) {
        return has(field) ? number(field, least, most) : unset;
    }

    private double number(String field, JsonNode value, double least, double most) {
        if (!value.isNumber() || !(value.doubleValue() >= least && value.doubleValue() <= most)) {
            throw wrong(field, value, "a number from " + plain(least) + " to " + plain(most));
        }
        return value.doubleValue();
    }

    public long whole(String field, long least, long most, long unset) {
        return has(field) ? whole(field, least, most) : unset;
    }

    public long whole(String field, long least, long most) {
        JsonNode value = required(field);
        double number = number(field, value, (double) least, (double) most);
        if (number != Math.rint(number)) {
            throw wrong(field, value, "an integer");
        }
        return value.longValue();
    }

    /** Numbers by the name of a region. */
    public Map<String, Double> numbers(String field, int mostEntries, double least, double most) {
        JsonNode value = required(field);
        if (!value.isObject() || value.size() > mostEntries) {
            throw wrong(field, value, "an object of at most " + mostEntries + " names, each with a number");
        }
        return numbers(field + ".", value, least, most);
    }

    private Map<String, Double> numbers(String path, JsonNode value, double least, double most) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        value.properties().forEach(entry -> {
            String name = region(path + "name", Json.object().textNode(entry.getKey()));
            if (numbers.put(name, number(path + name, entry.getValue(), least, most)) != null) {
                throw wrong(path + name, entry.getValue(), "each region once, ignoring case");
            }
        });
        return numbers;
    }

    /** The whole body as numbers by name. */
    public static Map<String, Double> allNumbers(ObjectNode object, int mostEntries, double least, double most) {
        if (object.isEmpty() || object.size() > mostEntries) {
            throw Problem.invalid("body: " + object.size() + " entries (expected: 1 to " + mostEntries + ")");
        }
        Set<String> all = new HashSet<>();
        object.fieldNames().forEachRemaining(all::add);
        return new Body(object, all).numbers("", object, least, most);
    }

    /** Texts by the name of a region. */
    public Map<String, String> textsOfRegions(String field, int mostEntries, int atMost) {
        Map<String, String> texts = new LinkedHashMap<>();
        JsonNode value = required(field);
        if (!value.isObject() || value.size() > mostEntries) {
            throw wrong(field, value, "an object of at most " + mostEntries + " regions, each with a string");
        }
        value.properties().forEach(entry -> {
            String region = region(field, Json.object().textNode(entry.getKey()));
            if (texts.put(region, word(field + "." + region, entry.getValue(), atMost)) != null) {
                throw wrong(field, value, "each region once, ignoring case");
            }
        });
        return texts;
    }

    /** Texts by name. */
    public Map<String, String> texts(String field, int mostEntries, int atMost) {
        JsonNode value = required(field);
        if (!value.isObject() || value.size() > mostEntries) {
            throw wrong(field, value, "an object of at most " + mostEntries + " names, each with a string");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        value.properties().forEach(entry -> {
            String name = name(field, Json.object().textNode(entry.getKey()));
            texts.put(name, word(field + "." + name, entry.getValue(), atMost));
        });
        return texts;
    }

    /** Lines of text by name, which is checked elsewhere. */
    public Map<String, String> lines(String field, int mostEntries, int atMost) {
        JsonNode value = required(field);
        if (!value.isObject() || value.size() > mostEntries) {
            throw wrong(field, value, "an object of at most " + mostEntries + " names, each with a string");
        }
        Map<String, String> lines = new LinkedHashMap<>();
        value.properties().forEach(entry -> {
            JsonNode line = entry.getValue();
            boolean plain = line.isTextual()
                    && line.textValue().length() <= atMost
                    && Json.isPlain(line.textValue())
                    && Json.isPlain(entry.getKey())
                    && entry.getKey().indexOf(':') < 0;
            if (!plain) {
                throw wrong(field, value, "names with strings of at most " + atMost + " characters");
            }
            lines.put(entry.getKey(), line.textValue());
        });
        return lines;
    }

    /** A text, or a list of texts and whole numbers as one text with commas; checked elsewhere. */
    public String listed(String field, int atMost) {
        JsonNode value = required(field);
        if (value.isTextual() && value.textValue().isEmpty()) {
            return "";
        }
        if (value.isTextual()) {
            return word(field, value, atMost);
        }
        if (!value.isArray() || value.size() > atMost) {
            throw wrong(field, value, "a string or a list");
        }
        List<String> parts = new ArrayList<>();
        value.forEach(part -> parts.add(part.isInt() ? part.asText() : word(field, part, atMost)));
        String text = String.join(",", parts);
        if (text.length() > atMost) {
            throw wrong(field, value, "at most " + atMost + " characters");
        }
        return text;
    }

    /**
     * Lists of names by the name of a place.
     *
     * @param also a key that is allowed though it is no name
     * @param most names in one list; at least one
     */
    public Map<String, List<String>> lists(String field, int mostEntries, String also, int most) {
        JsonNode value = required(field);
        if (!(value instanceof ObjectNode object) || value.size() > mostEntries) {
            throw wrong(field, value, "an object of at most " + mostEntries + " names, each with a list of names");
        }
        Map<String, List<String>> lists = new LinkedHashMap<>();
        object.properties().forEach(entry -> {
            String key = entry.getKey().equals(also)
                    ? also
                    : place(field, Json.object().textNode(entry.getKey()));
            if (lists.containsKey(key)) {
                throw wrong(field, value, "each place once; '" + key + "' is given under two names");
            }
            Body inner = new Body(object, prefix + field + ".", Set.copyOf(keys(object)));
            lists.put(key, inner.names(entry.getKey(), 0, most, true));
        });
        return lists;
    }

    private static Set<String> keys(ObjectNode object) {
        Set<String> keys = new HashSet<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    /** Texts in a list. */
    public List<String> words(String field, int mostEntries, int atMost) {
        JsonNode value = required(field);
        if (!value.isArray() || value.size() > mostEntries) {
            throw wrong(field, value, "a list of at most " + mostEntries + " strings");
        }
        List<String> words = new ArrayList<>();
        value.forEach(entry -> words.add(word(field, entry, atMost)));
        return words;
    }

    private String word(String field, JsonNode value, int atMost) {
        if (!value.isTextual()
                || value.textValue().isEmpty()
                || value.textValue().length() > atMost
                || value.textValue().chars().anyMatch(c -> c <= ' ' || c > 126)) {
            throw wrong(field, value, "1 to " + atMost + " printable characters without spaces");
        }
        return value.textValue();
    }

    /** An object within this one, or null when it is not there. */
    @Nullable
    public Body inner(String field, Set<String> known) {
        if (!has(field)) {
            return null;
        }
        if (!(required(field) instanceof ObjectNode inner)) {
            throw wrong(field, required(field), "an object");
        }
        return new Body(inner, prefix + field + ".", known);
    }

    /** Objects by name within this one, null where the value is; empty when the field is not there. */
    public Map<String, @Nullable Body> inner(String field, int mostEntries, Set<String> known) {
        Map<String, @Nullable Body> inner = new LinkedHashMap<>();
        if (!has(field)) {
            return inner;
        }
        JsonNode value = required(field);
        if (!value.isObject() || value.size() > mostEntries) {
            throw wrong(field, value, "an object of at most " + mostEntries + " names, each with an object");
        }
        value.properties().forEach(entry -> {
            String name = name(field, Json.object().textNode(entry.getKey()));
            if (entry.getValue().isNull()) {
                inner.put(name, null);
            } else if (entry.getValue() instanceof ObjectNode object) {
                inner.put(name, new Body(object, prefix + field + "." + name + ".", known));
            } else {
                throw wrong(field + "." + name, entry.getValue(), "an object");
            }
        });
        return inner;
    }

    /** A text without spaces, for a value that is checked elsewhere; null when it is not there, or empty as answers show it. */
    @Nullable
    public String word(String field, int atMost) {
        JsonNode value = object.get(field);
        boolean none = value == null
                || value.isNull()
                || (value.isTextual() && value.textValue().isEmpty());
        return none ? null : word(field, value, atMost);
    }

    /** A number, or a text that is one in decimal form, as written; its range is checked elsewhere. */
    @Nullable
    public String scalar(String field) {
        JsonNode value = object.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (value.isTextual()) {
            if (!value.textValue().matches(NUMBER)) {
                throw wrong(field, value, "a number");
            }
            return value.textValue();
        }
        double number = number(field, value, -1e15, 1e15);
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    /** A point in time; one without a zone is taken as UTC. */
    @Nullable
    public Instant time(String field) {
        if (!has(field)) {
            return null;
        }
        String text = text(field, 64);
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            try {
                return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
            } catch (DateTimeParseException again) {
                throw wrong(field, required(field), "an ISO 8601 time such as 2026-01-31T12:00:00Z");
            }
        }
    }

    /** Whether a point in time says its zone. */
    public boolean isZoned(String field) {
        try {
            OffsetDateTime.parse(text(field, 64));
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) && Math.abs(bound) < 1e15
                ? Long.toString((long) bound)
                : Double.toString(bound);
    }
}
