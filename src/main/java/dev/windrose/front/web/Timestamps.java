package dev.windrose.front.web;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Formats timestamps such as {@code 2026-01-31T12:00:00.123Z}. Everything but the milliseconds is formatted once a
 * second.
 */
public final class Timestamps {

    public static final int LENGTH = 24;

    private static final int TO_SECONDS = 19;

    private static final class Second {
        final long epochSecond;
        final byte[] text;

        Second(long epochSecond) {
            this.epochSecond = epochSecond;
            this.text = Instant.ofEpochSecond(epochSecond).toString().getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private volatile @Nullable Second last;

    /** Writes the {@link #LENGTH} bytes of the text, starting at {@code at}. The year must have four digits. */
    public void write(long epochMs, byte[] into, int at) {
        long epochSecond = Math.floorDiv(epochMs, 1000L);
        int ms = (int) Math.floorMod(epochMs, 1000L);
        Second second = last;
        if (second == null || second.epochSecond != epochSecond) {
            second = new Second(epochSecond);
            last = second;
        }
        System.arraycopy(second.text, 0, into, at, TO_SECONDS);
        into[at + TO_SECONDS] = '.';
        into[at + TO_SECONDS + 1] = (byte) ('0' + ms / 100);
        into[at + TO_SECONDS + 2] = (byte) ('0' + ms / 10 % 10);
        into[at + TO_SECONDS + 3] = (byte) ('0' + ms % 10);
        into[at + TO_SECONDS + 4] = 'Z';
    }
}
