package dev.windrose.decide.geo;

import dev.windrose.model.Coordinate;
import dev.windrose.model.Identifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Locations of address blocks, from an operator's file or a database. Immutable. */
public final class Networks {

    /** Maximum number of lines of one text, blank ones and comments included. */
    public static final int MAX_LINES = 2_000_000;

    private static final int MAX_LINE = 200;

    /** Size of a place, its coordinate and the reference to it, without its name. */
    private static final int BYTES_OF_A_PLACE = 56;

    /**
     * A client's location: in an area or region, at a coordinate, or both.
     *
     * @param area a name as a client may give it itself, lower case
     */
    public record Place(@Nullable String area, @Nullable Coordinate coordinate) {}

    /** No address is known. */
    public static final Networks NONE = new Networks(PrefixTable.EMPTY, List.of());

    private final PrefixTable table;
    private final List<Place> places;

    private Networks(PrefixTable table, List<Place> places) {
        this.table = table;
        this.places = List.copyOf(places);
    }

    /** The locations of a table's blocks, whose numbers are the indexes of their places. */
    public static Networks of(PrefixTable table, List<Place> places) {
        return new Networks(table, places);
    }

    /**
     * Parses lines of the form {@code 10.1.0.0/16,eu-west-1}, {@code 2001:db8::/32,52.5,13.4} or {@code
     * 192.0.2.0/24,de,52.5,13.4}; blank lines and comments ({@code #}) are ignored. Of two lines for the same block the
     * later one counts.
     *
     * @throws IllegalArgumentException for the first invalid line: {@code line 7: ...}
     */
    public static Networks parse(Iterator<String> lines) {
        List<PrefixTable.Entry> entries = new ArrayList<>();
        List<Place> places = new ArrayList<>();
        Map<Place, Integer> numbers = new HashMap<>();
        int number = 0;
        while (lines.hasNext()) {
            number++;
            if (number > MAX_LINES) {
                throw new IllegalArgumentException(
                        "line " + number + ": too many (expected: at most " + MAX_LINES + ")");
            }
            String text = lines.next().strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            try {
                entries.add(entry(text, places, numbers));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + number + ": " + e.getMessage());
            }
        }
        return new Networks(PrefixTable.of(entries), places);
    }

    private static PrefixTable.Entry entry(String line, List<Place> places, Map<Place, Integer> numbers) {
        String[] parts = line.split(",", -1);
        if (line.length() > MAX_LINE || parts.length < 2 || parts.length > 4) {
            throw new IllegalArgumentException("'" + (line.length() > 60 ? line.substring(0, 60) + "..." : line)
                    + "' (expected: PREFIX,PLACE or PREFIX,LATITUDE,LONGITUDE or PREFIX,PLACE,LATITUDE,LONGITUDE)");
        }
        Prefix prefix = Prefix.parse(parts[0].strip());
        String area = parts.length == 3 ? null : area(parts[1].strip());
        Coordinate coordinate =
                parts.length == 2 ? null : coordinate(parts[parts.length - 2].strip(), parts[parts.length - 1].strip());
        Place place = new Place(area, coordinate);
        Integer known = numbers.get(place);
        if (known == null) {
            known = places.size();
            numbers.put(place, known);
            places.add(place);
        }
        return new PrefixTable.Entry(prefix, known);
    }

    private static String area(String name) {
        return Identifier.require("place", name.toLowerCase(Locale.ROOT));
    }

    private static Coordinate coordinate(String latitude, String longitude) {
        try {
            return new Coordinate(Double.parseDouble(latitude), Double.parseDouble(longitude));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "place: '" + latitude + "," + longitude + "' (expected: a latitude and a longitude in degrees)");
        }
    }

    /** The location of an address, by longest prefix match; null when unknown. */
    public @Nullable Place of(byte[] address) {
        int number = table.find(address);
        return number == PrefixTable.NONE ? null : places.get(number);
    }

    /** Blocks that are known. */
    public int size() {
        return table.size();
    }

    /** Approximate memory use in bytes. */
    public long bytes() {
        return table.bytes() + (long) BYTES_OF_A_PLACE * places.size();
    }

    @Override
    public String toString() {
        return "blocks [" + size() + "], places [" + places.size() + "], bytes [" + bytes() + "]";
    }
}
