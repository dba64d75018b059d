package dev.windrose.live.geo;

import com.maxmind.db.Reader;
import dev.windrose.decide.geo.AddressRanges;
import dev.windrose.decide.geo.Networks;
import dev.windrose.decide.geo.PrefixTable;
import dev.windrose.model.Coordinate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compiles a database into the table for address lookups, reading each of its records once. For one thread. */
final class MmdbNetworks {

    /*
     * A lookup in the database itself would follow up to 128 nodes through memory and decode a record for every client,
     * and damage would be found some day by some client. So all of it is read in advance: the table answers in a few
     * hundred nanoseconds without allocating, and a database is either valid in every record or refused.
     *
     * It takes three passes over the tree: which records exist; the content of each, and the number of ranges; the
     * ranges. Memory is calculated before it is allocated, because a node that runs out of memory ends.
     */

    private static final int BYTES_OF_A_RANGE4 = 8;
    private static final int BYTES_OF_A_RANGE6 = 20;

    /** Size of a place, its coordinate, and its lookup entry during reading. */
    private static final int BYTES_OF_A_PLACE = 128;

    private static final int UNREAD = -2;

    private static final Comparator<Coordinate> BY_COORDINATE =
            Comparator.comparingDouble(Coordinate::latitude).thenComparingDouble(Coordinate::longitude);

    /** Places are sorted. Hashing would let a hostile file choose places that collide. */
    private static final Comparator<Networks.Place> BY_VALUE = Comparator.comparing(
                    Networks.Place::area, Comparator.nullsFirst(Comparator.<String>naturalOrder()))
            .thenComparing(Networks.Place::coordinate, Comparator.nullsFirst(BY_COORDINATE));

    private final MmdbFile file;
    private final Reader reader;
    private final long mostBytes;
    private long taken = 0;

    private final List<Networks.Place> places = new ArrayList<>();
    private final Map<Networks.Place, Integer> numbers = new TreeMap<>(BY_VALUE);
    private final Map<String, String> names = new HashMap<>();

    private int blocks = 0;
    private int ranges4 = 0;
    private int ranges6 = 0;
    private int before = AddressRanges.NONE;

    /**
     * Of a database.
     *
     * @param reader of the same bytes as the file
     * @param mostBytes of memory that may be used
     */
    MmdbNetworks(MmdbFile file, Reader reader, long mostBytes) {
        this.file = file;
        this.reader = reader;
        this.mostBytes = mostBytes;
    }

    /**
     * The table.
     *
     * @throws IllegalArgumentException when something is damaged, when it needs too much memory, or when no record has
     *     a place
     */
    Networks read() {
        MmdbTree tree = new MmdbTree(file);
        take(Marks.bytes(file.dataBytes()));
        Marks records = new Marks(file.dataBytes());
        tree.walk((high, low, data) -> records.mark(data));

        take(4L * records.number());
        int[] placeOf = new int[records.number()];
        Arrays.fill(placeOf, UNREAD);
        MmdbValues values = file.data();
        tree.walk((high, low, data) -> {
            int place = AddressRanges.NONE;
            if (data != AddressRanges.NONE) {
                int record = records.number(data);
                if (placeOf[record] == UNREAD) {
                    placeOf[record] = number(place(values, data, high, low));
                }
                place = placeOf[record];
            }
            count(MmdbTree.isIpv4(high, low), place);
        });
        if (blocks == 0) {
            throw new IllegalArgumentException(
                    "none of its records has a place (expected: country.iso_code, continent.code, location, area, or latitude"
                            + " and longitude)");
        }

        take((long) BYTES_OF_A_RANGE4 * ranges4 + (long) BYTES_OF_A_RANGE6 * ranges6);
        AddressRanges ranges = new AddressRanges(ranges4, ranges6);
        tree.walk((high, low, data) -> {
            int place = data == AddressRanges.NONE ? AddressRanges.NONE : placeOf[records.number(data)];
            if (MmdbTree.isIpv4(high, low)) {
                ranges.begin4((int) low, place);
            } else {
                ranges.begin6(high, low, place);
            }
        });
        return Networks.of(PrefixTable.of(ranges, blocks), places);
    }

    /** Counts the ranges between neighbours with different places. */
    private void count(boolean ipv4, int place) {
        blocks += place == AddressRanges.NONE ? 0 : 1;
        if (place != before || (ranges6 == 0 && !ipv4)) {
            ranges4 += ipv4 ? 1 : 0;
            ranges6 += ipv4 ? 0 : 1;
            before = place;
        }
    }

    /** Adds to the memory calculation. */
    private void take(long bytes) {
        taken += bytes;
        if (taken > mostBytes) {
            throw new IllegalArgumentException("it needs " + taken + " bytes of memory or more (expected: at most "
                    + mostBytes + ", a quarter of the node's heap)");
        }
    }

    private Networks.@Nullable Place place(MmdbValues values, int data, long high, long low) {
        try {
            values.check(file.dataFrom() + data);
            PlaceRecord record = reader.get(MmdbTree.address(high, low), PlaceRecord.class);
            return record == null ? null : record.place();
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("record of " + MmdbTree.text(high, low) + ": " + e.getMessage(), e);
        }
    }

    private int number(Networks.@Nullable Place place) {
        if (place == null) {
            return AddressRanges.NONE;
        }
        Integer known = numbers.get(place);
        if (known == null) {
            take(BYTES_OF_A_PLACE);
            known = places.size();
            String area = place.area() == null ? null : names.computeIfAbsent(place.area(), name -> name);
            Networks.Place kept = new Networks.Place(area, place.coordinate());
            numbers.put(kept, known);
            places.add(kept);
        }
        return known;
    }

    /** Offsets that were marked, and the number of each among them. */
    private static final class Marks {

        private final long[] marked;
        private final int[] earlier;
        private int number = 0;

        /** Bytes that the marks of so many offsets take. */
        static long bytes(int offsets) {
            return 12L * (offsets / Long.SIZE + 1);
        }

        Marks(int offsets) {
            marked = new long[offsets / Long.SIZE + 1];
            earlier = new int[marked.length];
        }

        void mark(int offset) {
            if (offset >= 0) {
                marked[offset / Long.SIZE] |= 1L << offset;
            }
        }

        /** How many offsets are marked. */
        int number() {
            number = 0;
            for (int i = 0; i < marked.length; i++) {
                earlier[i] = number;
                number += Long.bitCount(marked[i]);
            }
            return number;
        }

        /** The number of a marked offset, after they were counted. */
        int number(int offset) {
            int word = offset / Long.SIZE;
            return earlier[word] + Long.bitCount(marked[word] & ((1L << offset) - 1));
        }
    }
}
