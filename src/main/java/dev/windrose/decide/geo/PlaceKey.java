package dev.windrose.decide.geo;

import dev.windrose.model.Coordinate;
import dev.windrose.model.Identifier;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Places of clients encoded as numbers, so that table lookups need no object: a name, an address block (/24 of IPv4,
 * /48 of IPv6: the smallest by which routes differ), or a grid cell of {@value #CELL_DEGREES}° by {@value
 * #CELL_DEGREES}°.
 */
public final class PlaceKey {

    /** No place. */
    public static final long NONE = 0;

    /** About 220 km: within it round trips differ by a few ms. */
    static final int CELL_DEGREES = 2;

    private static final int LONGEST_SHOWN = 60;

    private static final long NAME = 1L << 62;
    private static final long IPV4 = 2L << 62;
    private static final long IPV6 = 3L << 62;
    private static final long CELL = 1L << 32;
    private static final long KIND = 3L << 62;

    /** The place of that name, lower case. Two names have the same number once in 2^62. */
    public static long of(String name) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001B3L;
        }
        long mixed = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
        return NAME | ((mixed ^ (mixed >>> 27)) & ~KIND);
    }

    /** The block of that address of 4 or 16 bytes; an IPv4 address inside IPv6 is the IPv4 address that it is. */
    public static long of(byte[] address) {
        if (address.length == 4) {
            return ipv4(address, 0);
        }
        boolean mapped = address[10] == -1 && address[11] == -1;
        for (int i = 0; i < 10 && mapped; i++) {
            mapped = address[i] == 0;
        }
        if (mapped) {
            return ipv4(address, 12);
        }
        long block = 0;
        for (int i = 0; i < 6; i++) {
            block = block << 8 | (address[i] & 0xFF);
        }
        return IPV6 | block;
    }

    private static long ipv4(byte[] address, int from) {
        return IPV4 | (address[from] & 0xFFL) << 16 | (address[from + 1] & 0xFFL) << 8 | (address[from + 2] & 0xFFL);
    }

    /** The cell that holds the coordinate. */
    public static long of(Coordinate place) {
        return cell(row(place.latitude(), 90), row(place.longitude(), 180));
    }

    private static long row(double degrees, int from) {
        return (long) ((degrees + from) / CELL_DEGREES);
    }

    private static long cell(long latitude, long longitude) {
        return CELL | latitude << 16 | longitude;
    }

    /** Whether it is a name, whose text the number does not tell. */
    public static boolean isName(long key) {
        return (key & KIND) == NAME;
    }

    /** Whether it is a block of addresses. */
    public static boolean isNetwork(long key) {
        return (key & KIND) == IPV4 || (key & KIND) == IPV6;
    }

    /** The middle of a cell; null for what is no cell. */
    public static @Nullable Coordinate middle(long key) {
        if ((key & KIND) != 0 || key == NONE) {
            return null;
        }
        double half = CELL_DEGREES / 2.0;
        return new Coordinate(
                Math.min(90, (key >>> 16 & 0xFFFF) * CELL_DEGREES - 90 + half),
                Math.min(180, (key & 0xFFFF) * CELL_DEGREES - 180 + half));
    }

    /** The form that {@link #parse} reads: {@code 192.0.2.0/24}, {@code 2001:db8:1::/48}, {@code @53:13}; of a name, the name. */
    public static String text(long key, @Nullable String name) {
        if (isName(key)) {
            return name == null ? "" : name;
        }
        Coordinate middle = middle(key);
        if (middle != null) {
            return "@" + (int) middle.latitude() + ":" + (int) middle.longitude();
        }
        if ((key & KIND) == IPV4) {
            return (key >>> 16 & 0xFF) + "." + (key >>> 8 & 0xFF) + "." + (key & 0xFF) + ".0/24";
        }
        return Long.toHexString(key >>> 32 & 0xFFFF) + ":" + Long.toHexString(key >>> 16 & 0xFFFF) + ":"
                + Long.toHexString(key & 0xFFFF) + "::/48";
    }

    /**
     * Reads a name, a block of exactly /24 or /48, or a cell.
     *
     * @throws IllegalArgumentException when it is none of these
     */
    public static long parse(String text) {
        if (text.startsWith("@")) {
            return cell(text);
        }
        if (text.indexOf('/') >= 0) {
            Prefix prefix = Prefix.parse(text);
            byte[] address = Prefix.address(text.substring(0, text.indexOf('/')));
            if (address != null && prefix.length() == (address.length == 4 ? 120 : 48)) {
                return of(address);
            }
            throw wrong(text, "a block of /24 of IPv4 or /48 of IPv6");
        }
        String lower = text.toLowerCase(Locale.ROOT);
        Identifier.require("place", lower);
        return of(lower);
    }

    private static long cell(String text) {
        String[] parts = text.substring(1).split(":", -1);
        try {
            if (parts.length == 2) {
                return of(new Coordinate(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])));
            }
        } catch (NumberFormatException e) {
            // Told below, together with those of another form.
        }
        throw wrong(text, "@LATITUDE:LONGITUDE in whole degrees, such as @53:13");
    }

    private static IllegalArgumentException wrong(String text, String expected) {
        String shown = text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
        return new IllegalArgumentException("place: '" + shown + "' (expected: " + expected + ")");
    }

    private PlaceKey() {}
}
