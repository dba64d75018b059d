package dev.windrose.decide.route;

/** Bit mixing, for picks that are repeatable but look independent. */
final class BitMixer {

    /** All 64 bits depend on all 64 bits: the finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
    static long mix(long value) {
        long x = value + 0x9E3779B97F4A7C15L;
        x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }

    /** A number below {@code bound}, from the upper bits of {@code mixed}. */
    static int below(long mixed, int bound) {
        return (int) (((mixed >>> 33) * bound) >>> 31);
    }

    /** A hash of the text that is the same on every node and platform. */
    static long hash(String text) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
        }
        return mix(hash);
    }

    private BitMixer() {}
}
