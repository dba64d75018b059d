package dev.windrose.front.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one JSON object, refusing what is missing, unknown, of the wrong kind or out of range. What one value
 * must be is {@link FieldValue}'s; here is which fields there are, and what lists and objects hold.
 */
public final class Body {

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

    private FieldValue required(String field) {
        JsonNode value = object.get(field);
        if (value == null || value.isNull()) {
            throw Problem.invalid(prefix + field + ": missing (expected: a value)");
        }
        return new FieldValue(prefix + field, value);
    }

    private FieldValue key(String field, String key) {
        return FieldValue.key(prefix + field, key);
    }

    public String text(String field, int atMost) {
        return required(field).text(atMost);
    }

    public String text(String field, int atMost, String unset) {
        return has(field) ? text(field, atMost) : unset;
    }

    /** A name such as of a rule. */
    public String name(String field) {
        return required(field).name();
    }

    /** The name of a region, in any case. */
    public String region(String field) {
        return required(field).region();
    }

    /** The name of a region that a key of an object is. */
    public String region(String field, String key) {
        return key(field, key).region();
    }

    /** The usual name of a place that a key of an object is. */
    public String place(String field, String key) {
        return key(field, key).place();
    }

    public boolean flag(String field, boolean unset) {
        return has(field) ? required(field).flag() : unset;
    }

    public double number(String field, double least, double most) {
        return required(field).number(least, most);
    }

    public double number(String field, double least, double most, double unset) {
        return has(field) ? number(field, least, most) : unset;
    }

    public long whole(String field, long least, long most, long unset) {
        return has(field) ? whole(field, least, most) : unset;
    }

    public long whole(String field, long least, long most) {
        return required(field).whole(least, most);
    }

    /** A text without spaces, for a value that is checked elsewhere; null when it is not there, or empty as answers show it. */
    @Nullable
    public String word(String field, int atMost) {
        JsonNode value = object.get(field);
        boolean none = value == null
                || value.isNull()
                || (value.isTextual() && value.textValue().isEmpty());
        return none ? null : required(field).word(atMost);
    }

    /** A number, or a text that is one in decimal form, as written; its range is checked elsewhere. */
    @Nullable
    public String scalar(String field) {
        return has(field) ? required(field).scalar() : null;
    }

    /** A text, or a list of texts and whole numbers as one text with commas; checked elsewhere. */
    public String listed(String field, int atMost) {
        return required(field).listed(atMost);
    }

    /** A point in time; one without a zone is taken as UTC. */
    @Nullable
    public Instant time(String field) {
        return has(field) ? required(field).time() : null;
    }

    /** Whether a point in time says its zone. */
    public boolean isZoned(String field) {
        return required(field).isZoned();
    }

    /**
     * Names, each once.
     *
     * @param regions names of regions, which may be in any case
     */
    public List<String> names(String field, int least, int most, boolean regions) {
        return each(field, least, most, "names", regions ? FieldValue::region : FieldValue::name, "name");
    }

    /** Names of places as people write them, each place once, by its usual name. */
    public List<String> places(String field, int least, int most) {
        return each(field, least, most, "place names", FieldValue::place, "place");
    }

    private List<String> each(
            String field, int least, int most, String what, Function<FieldValue, String> read, String one) {
        FieldValue list = required(field);
        if (!list.value().isArray()
                || list.value().size() < least
                || list.value().size() > most) {
            throw list.wrong("a list of " + least + " to " + most + " " + what);
        }
        List<String> all = new ArrayList<>();
        for (JsonNode node : list.value()) {
            FieldValue entry = list.with(node);
            String text = read.apply(entry);
            if (all.contains(text)) {
                throw entry.wrong("each " + one + " once");
            }
            all.add(text);
        }
        return all;
    }

    /** Texts in a list. */
    public List<String> words(String field, int mostEntries, int atMost) {
        FieldValue list = required(field);
        if (!list.value().isArray() || list.value().size() > mostEntries) {
            throw list.wrong("a list of at most " + mostEntries + " strings");
        }
        List<String> words = new ArrayList<>();
        list.value().forEach(entry -> words.add(list.with(entry).word(atMost)));
        return words;
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
                throw new FieldValue(prefix + field, keyed)
                        .wrong("each name once; '" + key + "' is given in two spellings");
            }
            renamed.set(key, entry.getValue());
        });
    }

    /** Numbers by the name of a region. */
    public Map<String, Double> numbers(String field, int mostEntries, double least, double most) {
        return numbers(
                prefix + field + ".", required(field).entries(mostEntries, "names, each with a number"), least, most);
    }

    /** The whole body as numbers by name. */
    public static Map<String, Double> allNumbers(ObjectNode object, int mostEntries, double least, double most) {
        if (object.isEmpty() || object.size() > mostEntries) {
            throw Problem.invalid("body: " + object.size() + " entries (expected: 1 to " + mostEntries + ")");
        }
        return numbers("", object.properties(), least, most);
    }

    private static Map<String, Double> numbers(
            String path, Set<Map.Entry<String, JsonNode>> entries, double least, double most) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        entries.forEach(entry -> {
            String name = FieldValue.key(path + "name", entry.getKey()).region();
            FieldValue value = new FieldValue(path + name, entry.getValue());
            if (numbers.put(name, value.number(least, most)) != null) {
                throw value.wrong("each region once, ignoring case");
            }
        });
        return numbers;
    }

    /** Texts by the name of a region. */
    public Map<String, String> textsOfRegions(String field, int mostEntries, int atMost) {
        Map<String, String> texts = new LinkedHashMap<>();
        FieldValue all = required(field);
        all.entries(mostEntries, "regions, each with a string").forEach(entry -> {
            String region = key(field, entry.getKey()).region();
            if (texts.put(region, within(field, region, entry.getValue()).word(atMost)) != null) {
                throw all.wrong("each region once, ignoring case");
            }
        });
        return texts;
    }

    private FieldValue within(String field, String name, JsonNode value) {
        return new FieldValue(prefix + field + "." + name, value);
    }

    /** Texts by name. */
    public Map<String, String> texts(String field, int mostEntries, int atMost) {
        Map<String, String> texts = new LinkedHashMap<>();
        required(field).entries(mostEntries, "names, each with a string").forEach(entry -> {
            String name = key(field, entry.getKey()).name();
            texts.put(name, within(field, name, entry.getValue()).word(atMost));
        });
        return texts;
    }

    /** Lines of text by name, which is checked elsewhere. */
    public Map<String, String> lines(String field, int mostEntries, int atMost) {
        FieldValue all = required(field);
        Map<String, String> lines = new LinkedHashMap<>();
        all.entries(mostEntries, "names, each with a string").forEach(entry -> {
            JsonNode line = entry.getValue();
            boolean plain = line.isTextual()
                    && line.textValue().length() <= atMost
                    && Json.isPlain(line.textValue())
                    && Json.isPlain(entry.getKey())
                    && entry.getKey().indexOf(':') < 0;
            if (!plain) {
                throw all.wrong("names with strings of at most " + atMost + " characters");
            }
            lines.put(entry.getKey(), line.textValue());
        });
        return lines;
    }

    /**
     * Lists of names by the name of a place.
     *
     * @param also a key that is allowed though it is no name
     * @param most names in one list; at least one
     */
    public Map<String, List<String>> lists(String field, int mostEntries, String also, int most) {
        FieldValue all = required(field);
        if (!(all.value() instanceof ObjectNode object) || object.size() > mostEntries) {
            throw all.wrong("an object of at most " + mostEntries + " names, each with a list of names");
        }
        Map<String, List<String>> lists = new LinkedHashMap<>();
        object.properties().forEach(entry -> {
            String key = entry.getKey().equals(also) ? also : place(field, entry.getKey());
            if (lists.containsKey(key)) {
                throw all.wrong("each place once; '" + key + "' is given under two names");
            }
            Body inner = new Body(object, prefix + field + ".", keys(object));
            lists.put(key, inner.names(entry.getKey(), 0, most, true));
        });
        return lists;
    }

    private static Set<String> keys(ObjectNode object) {
        Set<String> keys = new HashSet<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    /** An object within this one, or null when it is not there. */
    @Nullable
    public Body inner(String field, Set<String> known) {
        if (!has(field)) {
            return null;
        }
        FieldValue value = required(field);
        if (!(value.value() instanceof ObjectNode inner)) {
            throw value.wrong("an object");
        }
        return new Body(inner, prefix + field + ".", known);
    }

    /** Objects by name within this one, null where the value is; empty when the field is not there. */
    public Map<String, @Nullable Body> inner(String field, int mostEntries, Set<String> known) {
        Map<String, @Nullable Body> inner = new LinkedHashMap<>();
        if (!has(field)) {
            return inner;
        }
        required(field).entries(mostEntries, "names, each with an object").forEach(entry -> {
            String name = key(field, entry.getKey()).name();
            if (entry.getValue().isNull()) {
                inner.put(name, null);
            } else if (entry.getValue() instanceof ObjectNode object) {
                inner.put(name, new Body(object, prefix + field + "." + name + ".", known));
            } else {
                throw within(field, name, entry.getValue()).wrong("an object");
            }
        });
        return inner;
    }
}
