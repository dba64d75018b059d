package dev.windrose.live.geo;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Validates the encoded values in one section of a database. For one thread.
 *
 * <p>The library that decodes them trusts its input: it follows pointers wherever they lead and however often, uses a
 * stack frame for every nested value that it skips, and allocates any size that is claimed. Each value is therefore
 * measured here first. Decoding what passes costs the library no more than measuring it did.
 */
final class MmdbValues {

    /** Maximum number of values reachable from one record through pointers; each 16 bytes of text count as one more. */
    private static final int MOST_OF_ONE = 2000;

    /** Maximum number of values reachable from all records: some seconds of work. */
    private static final long MOST_OF_ALL = 1L << 30;

    /** Maximum nesting of maps, arrays and pointers. */
    private static final int DEEPEST = 16;

    private static final int EXTENDED = 0;
    private static final int POINTER = 1;
    private static final int TEXT = 2;
    private static final int DOUBLE = 3;
    private static final int BYTES = 4;
    private static final int UINT16 = 5;
    private static final int UINT32 = 6;
    private static final int MAP = 7;
    private static final int INT32 = 8;
    private static final int UINT64 = 9;
    private static final int UINT128 = 10;
    private static final int ARRAY = 11;
    private static final int BOOLEAN = 14;
    private static final int FLOAT = 15;

    /** Offsets added to pointers of 1 to 4 extra bytes. */
    private static final int[] POINTER_BASE = {0, 2048, 526_336, 0};

    private final ByteBuffer bytes;
    private final int from;
    private final int to;

    private int left = 0;
    private long spent = 0;

    /**
     * The value whose header was read last: its type, its claimed size or pointer target, and the end of its header.
     */
    private int type = 0;

    private int size = 0;
    private int at = 0;

    /**
     * The values of a section.
     *
     * @param from where the section begins, from which pointers count
     * @param to where it ends
     */
    MmdbValues(ByteBuffer bytes, int from, int to) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
    }

    /**
     * Measures the map that begins there, with everything it points to.
     *
     * @throws IllegalArgumentException when it is not a map, is damaged or too expensive
     */
    void check(int offset) {
        head(offset);
        if (type != MAP) {
            throw wrong(offset, "is not a map");
        }
        left = MOST_OF_ONE;
        pass(offset, 0, false);
        spent += MOST_OF_ONE - left;
        if (spent > MOST_OF_ALL) {
            throw new IllegalArgumentException("its records hold more than " + MOST_OF_ALL + " values");
        }
    }

    /** Skips a value; returns the start of the next one. */
    private int pass(int offset, int depth, boolean pointedTo) {
        head(offset);
        spend(1, offset);
        if (depth > DEEPEST) {
            throw wrong(offset, "is nested deeper than " + DEEPEST + " values");
        }
        if (type == POINTER && pointedTo) {
            throw wrong(offset, "is a pointer to a pointer");
        }
        int entries = size;
        int next = at;
        switch (type) {
            case POINTER -> pass(size, depth + 1, true);
            case MAP -> {
                for (int i = 0; i < entries; i++) {
                    key(next);
                    next = pass(next, depth + 1, false);
                    next = pass(next, depth + 1, false);
                }
            }
            case ARRAY -> {
                for (int i = 0; i < entries; i++) {
                    next = pass(next, depth + 1, false);
                }
            }
            default -> next = flat(offset);
        }
        return next;
    }

    private void key(int offset) {
        head(offset);
        if (type == POINTER) {
            head(size);
        }
        if (type != TEXT) {
            throw wrong(offset, "is not a string, and a key must be one");
        }
    }

    /** The end of the current value, which contains no others. */
    private int flat(int offset) {
        boolean fits = switch (type) {
            case TEXT, BYTES -> true;
            case DOUBLE -> size == 8;
            case FLOAT -> size == 4;
            case UINT16 -> size <= 2;
            case UINT32, INT32 -> size <= 4;
            case UINT64 -> size <= 8;
            case UINT128 -> size <= 16;
            case BOOLEAN -> size <= 1;
            default -> false;
        };
        int length = type == BOOLEAN ? 0 : size;
        if (!fits || length > to - at) {
            throw wrong(offset, "has the type " + type + " and the size " + size);
        }
        spend(length / 16, offset);
        return at + length;
    }

    private void spend(int values, int offset) {
        left -= values;
        if (left < 0) {
            throw wrong(offset, "belongs to a record of more than " + MOST_OF_ONE + " values");
        }
    }

    private void head(int offset) {
        at = offset;
        int control = one(offset);
        type = control >>> 5;
        if (type == POINTER) {
            size = target(control, offset);
            return;
        }
        if (type == EXTENDED) {
            type = 7 + one(offset);
            if (type <= MAP) {
                throw wrong(offset, "has the type " + type);
            }
        }
        size = control & 0x1F;
        if (size >= 29) {
            size = switch (size) {
                case 29 -> 29 + number(1, offset);
                case 30 -> 285 + number(2, offset);
                default -> 65_821 + number(3, offset);
            };
        }
    }

    private int target(int control, int offset) {
        int more = control >>> 3 & 3;
        if (more == 3 && (control & 7) != 0) {
            throw wrong(offset, "is a pointer with undefined bits");
        }
        long upper = more == 3 ? 0 : (control & 7L) << (8 * (more + 1));
        long lower = number(more + 1, offset) & 0xFFFF_FFFFL;
        long target = from + POINTER_BASE[more] + upper + lower;
        if (target >= to) {
            throw wrong(offset, "points outside its section");
        }
        return (int) target;
    }

    private int number(int length, int offset) {
        int number = 0;
        for (int i = 0; i < length; i++) {
            number = number << 8 | one(offset);
        }
        return number;
    }

    private int one(int offset) {
        if (at < from || at >= to) {
            throw wrong(offset, "reaches beyond its section");
        }
        return bytes.get(at++) & 0xFF;
    }

    private IllegalArgumentException wrong(int offset, String what) {
        return new IllegalArgumentException("the value at byte " + offset + " " + what);
    }

    /**
     * A whole number of a map that was checked.
     *
     * @throws IllegalArgumentException when it is missing, invalid, or more than {@code most}
     */
    long number(int map, String name, long most) {
        int value = value(map, name);
        boolean whole = type == UINT16 || type == UINT32 || type == UINT64 || type == UINT128 || type == INT32;
        long number = 0;
        for (int i = 0; i < size && whole; i++) {
            long more = number << 8 | one(value);
            whole = number < 1L << 54 && more <= most;
            number = more;
        }
        if (!whole) {
            throw new IllegalArgumentException(name + ": not a number in range (expected: 0 to " + most + ")");
        }
        return number;
    }

    /**
     * A text of a map that was checked.
     *
     * @throws IllegalArgumentException when it is missing or invalid
     */
    String text(int map, String name) {
        value(map, name);
        if (type != TEXT) {
            throw new IllegalArgumentException(name + ": not a string (expected: a string)");
        }
        byte[] text = new byte[size];
        bytes.get(at, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** Goes to the value of that name, the last one if there are several, as the library does. */
    private int value(int map, String name) {
        head(map);
        int entries = size;
        int next = at;
        int found = -1;
        left = MOST_OF_ONE;
        for (int i = 0; i < entries; i++) {
            head(next);
            if (type == POINTER) {
                head(size);
            }
            byte[] key = new byte[size];
            bytes.get(at, key);
            int value = pass(next, 0, false);
            found = name.equals(new String(key, StandardCharsets.UTF_8)) ? value : found;
            next = pass(value, 0, false);
        }
        if (found < 0) {
            throw new IllegalArgumentException(name + ": missing");
        }
        head(found);
        if (type == POINTER) {
            head(size);
        }
        return found;
    }
}
