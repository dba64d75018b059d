package dev.windrose.multijvm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** One file on a disk that keeps what was forced, and of the rest what it likes. */
final class Disk {

    /** What a loss of power leaves of what was not forced. */
    enum Left {
        ALL,
        NOTHING,
        SOME_SECTORS
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Write(int at, byte[] bytes) {}

    private static final int SECTOR = 512;

    private byte[] forced = {};
    private final List<Write> unforced = new ArrayList<>();

    void write(long at, byte[] bytes) {
        unforced.add(new Write((int) at, bytes));
    }

    /** Counts at once: a file system does so in its own log. */
    void truncate(long length) {
        force();
        forced = Arrays.copyOf(forced, (int) length);
    }

    void force() {
        forced = after(Left.ALL, new Random());
        unforced.clear();
    }

    byte[] after(Left left, Random random) {
        byte[] bytes = forced.clone();
        if (left == Left.NOTHING) {
            return bytes;
        }
        for (Write write : unforced) {
            for (int from = 0; from < write.bytes().length; ) {
                int length = Math.min(SECTOR - (write.at() + from) % SECTOR, write.bytes().length - from);
                if (left == Left.ALL || random.nextBoolean()) {
                    int at = write.at() + from;
                    bytes = at + length > bytes.length ? Arrays.copyOf(bytes, at + length) : bytes;
                    System.arraycopy(write.bytes(), from, bytes, at, length);
                }
                from += length;
            }
        }
        return bytes;
    }
}
