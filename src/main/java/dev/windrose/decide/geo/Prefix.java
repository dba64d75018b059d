package dev.windrose.decide.geo;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An address block, such as {@code 10.0.0.0/8} or {@code 2001:db8::/32}. IPv4-mapped addresses ({@code ::ffff:0:0/96})
 * are treated as the IPv4 addresses that they represent.
 *
 * <p>An address is two 64-bit halves: IPv6 as is, IPv4 in its IPv4-mapped form.
 *
 * @param high the upper half; bits below the length are 0
 * @param low the lower half; bits below the length are 0
 * @param length of the prefix, 0 to 128; for IPv4, 96 more than in its notation
 */
public record Prefix(long high, long low, int length) {

    /** The upper part of the lower half of an IPv4 address. */
    private static final long MAPPED = 0xFFFF_0000_0000L;

    private static final int IPV4_OFFSET = 96;
    private static final int LONGEST_TEXT = 49;

    public Prefix {
        if (length < 0 || length > 128) {
            throw new IllegalArgumentException("prefix: length " + length + " (expected: 0 to 128)");
        }
        if ((high & ~mask(Math.min(64, length))) != 0 || (low & ~mask(Math.max(0, length - 64))) != 0) {
            throw new IllegalArgumentException("prefix: bits beyond its length (expected: zeros there)");
        }
    }

    /** The bits that a length covers within one half. */
    static long mask(int length) {
        return length == 0 ? 0 : -1L << (64 - length);
    }

    /**
     * Parses CIDR notation; a single address is a block of one. Numeric only, never asks a name server.
     *
     * @throws IllegalArgumentException when it is invalid, or bits beyond the length are set
     */
    public static Prefix parse(String text) {
        if (text.length() > LONGEST_TEXT) {
            throw wrong(text.substring(0, LONGEST_TEXT) + "...");
        }
        int slash = text.indexOf('/');
        byte[] address = address(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw wrong(text);
        }
        int bits = 8 * address.length;
        int length = slash < 0 ? bits : length(text, text.substring(slash + 1), bits);
        long high = address.length == 4 ? 0 : half(address, 0);
        long low = address.length == 4 ? MAPPED | ipv4(address) : half(address, 8);
        int whole = address.length == 4 ? length + IPV4_OFFSET : length;
        if ((high & ~mask(Math.min(64, whole))) != 0 || (low & ~mask(Math.max(0, whole - 64))) != 0) {
            throw new IllegalArgumentException(
                    "prefix: '" + text + "' has bits beyond its length (expected: zeros there)");
        }
        return new Prefix(high, low, whole);
    }

    /** The block of that one address of 4 or 16 bytes. */
    public static Prefix of(byte[] address) {
        return address.length == 4
                ? new Prefix(0, MAPPED | ipv4(address), 128)
                : new Prefix(half(address, 0), half(address, 8), 128);
    }

    /** Whether an address of 4 or 16 bytes is in the block. */
    public boolean contains(byte[] address) {
        long upper = address.length == 4 ? 0 : half(address, 0);
        long lower = address.length == 4 ? MAPPED | ipv4(address) : half(address, 8);
        return (upper & mask(Math.min(64, length))) == high && (lower & mask(Math.max(0, length - 64))) == low;
    }

    private static int length(String text, String digits, int most) {
        if (!digits.matches("[0-9]{1,3}") || Integer.parseInt(digits) > most) {
            throw wrong(text);
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("prefix: '" + text
                + "' (expected: an address and a prefix length, such as 10.0.0.0/8 or 2001:db8::/32)");
    }

    private static long ipv4(byte[] address) {
        return (address[0] & 0xFFL) << 24
                | (address[1] & 0xFFL) << 16
                | (address[2] & 0xFFL) << 8
                | (address[3] & 0xFFL);
    }

    private static long half(byte[] address, int from) {
        long half = 0;
        for (int i = from; i < from + 8; i++) {
            half = half << 8 | (address[i] & 0xFFL);
        }
        return half;
    }

    /** The 4 or 16 bytes of an address in its usual forms, or null when the text is none. */
    public static byte @Nullable [] address(String text) {
        return text.indexOf(':') >= 0 ? ipv6(text) : ipv4(text);
    }

    private static byte @Nullable [] ipv4(String text) {
        String[] parts = text.split("\\.", -1);
        byte[] address = new byte[4];
        if (parts.length != 4) {
            return null;
        }
        for (int i = 0; i < 4; i++) {
            // A leading zero is octal to some and decimal to others.
            if (!parts[i].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(parts[i]) > 255) {
                return null;
            }
            address[i] = (byte) Integer.parseInt(parts[i]);
        }
        return address;
    }

    private static byte @Nullable [] ipv6(String text) {
        int gap = text.indexOf("::");
        byte[] head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
        byte[] tail = gap < 0 ? new byte[0] : groups(text.substring(gap + 2), true);
        if (head == null || tail == null) {
            return null;
        }
        boolean fits = gap < 0 ? head.length == 16 : head.length + tail.length <= 14;
        if (!fits) {
            return null;
        }
        byte[] address = Arrays.copyOf(head, 16);
        System.arraycopy(tail, 0, address, 16 - tail.length, tail.length);
        return address;
    }

    /** The bytes of groups of hex digits; the last one may be an IPv4 address. */
    private static byte @Nullable [] groups(String text, boolean last) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        String[] groups = text.split(":", -1);
        if (groups.length > 8) {
            return null;
        }
        byte[] bytes = new byte[2 * groups.length + 2];
        int at = 0;
        for (int i = 0; i < groups.length; i++) {
            byte[] inner = last && i == groups.length - 1 && groups[i].indexOf('.') >= 0 ? ipv4(groups[i]) : null;
            if (inner != null) {
                System.arraycopy(inner, 0, bytes, at, 4);
                at += 4;
            } else if (groups[i].matches("[0-9A-Fa-f]{1,4}")) {
                int group = Integer.parseInt(groups[i], 16);
                bytes[at++] = (byte) (group >> 8);
                bytes[at++] = (byte) group;
            } else {
                return null;
            }
        }
        return Arrays.copyOf(bytes, at);
    }
}
