package dev.windrose.decide.geo;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The place names known at one moment, and the resolution of a name to a place. Immutable. */
public final class Places {

    /** Nothing is registered. */
    public static final Places BUILT_IN = new Places(Areas.names());

    private static final int LONGEST = 63;

    private final Set<String> names;

    /** @param names in lower case; built-in ones need not be among them */
    public Places(Set<String> names) {
        Set<String> all = new HashSet<>(Areas.names());
        all.addAll(RegionCatalogue.names());
        all.addAll(names);
        this.names = Set.copyOf(all);
    }

    /** Every name, lower case. */
    public Set<String> names() {
        return names;
    }

    /**
     * The canonical place of a name: {@code Europe} and {@code eu} are {@code europe}, {@code UK} and {@code United
     * Kingdom} are {@code gb}. Registered names take precedence over those of countries. An unregistered region of a
     * known area is a place ({@code eu-west-9}); a zone is in its region ({@code us-east-1a}).
     *
     * @return null when there is no such place
     */
    public @Nullable String find(String text) {
        String lower = lower(text);
        String found = exact(lower);
        if (found != null || text.length() > LONGEST) {
            return found;
        }
        String plain = PlaceNames.plain(text);
        return plain.equals(lower) ? null : exact(plain);
    }

    private @Nullable String exact(String name) {
        if (names.contains(name)) {
            return name;
        }
        String meaning = PlaceNames.meaning(name);
        return meaning == null ? numbered(name) : meaning;
    }

    private @Nullable String numbered(String name) {
        int dash = name.lastIndexOf('-');
        int end = name.length();
        if (dash > 0 && end - dash > 2 && name.charAt(end - 1) >= 'a' && name.charAt(end - 1) <= 'z') {
            end--;
        }
        if (dash <= 0 || !digits(name, dash + 1, end)) {
            return null;
        }
        if (end < name.length() && names.contains(name.substring(0, end))) {
            return name.substring(0, end);
        }
        String area = name.substring(0, dash);
        String meaning = names.contains(area) ? area : PlaceNames.meaning(area);
        return meaning == null ? null : meaning + name.substring(dash, end);
    }

    static boolean digits(String text, int from, int to) {
        boolean digits = from < to;
        for (int i = from; i < to; i++) {
            digits &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        return digits;
    }

    private static String lower(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c >= 'A' && c <= 'Z') || c > 127) {
                return text.toLowerCase(Locale.ROOT);
            }
        }
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Places places && places.names.equals(names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    @Override
    public String toString() {
        return "names [" + names.size() + "]";
    }
}
