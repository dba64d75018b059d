package dev.windrose.model;

import org.jspecify.annotations.Nullable;

/**
 * What a rule answers when none of its targets can serve.
 *
 * @param region set exactly when the mode is {@link Mode#REGION}
 */
public record Fallback(Mode mode, @Nullable RegionId region) {

    public enum Mode {
        /** All targets are used as if they were healthy: better a doubtful answer than none. */
        FAIL_OPEN,
        /** The answer is 503: the client is told that nothing can serve it. */
        FAIL_CLOSED,
        /** The named region is answered. */
        REGION
    }

    public static final Fallback OPEN = new Fallback(Mode.FAIL_OPEN, null);
    public static final Fallback CLOSED = new Fallback(Mode.FAIL_CLOSED, null);

    public static Fallback to(RegionId region) {
        return new Fallback(Mode.REGION, region);
    }

    /** {@code fail_open}, {@code fail_closed} or {@code region:NAME}. */
    public static Fallback parse(String text) {
        if (text.equals("fail_open")) {
            return OPEN;
        }
        if (text.equals("fail_closed")) {
            return CLOSED;
        }
        if (text.startsWith("region:")) {
            return to(new RegionId(text.substring("region:".length())));
        }
        throw new IllegalArgumentException(
                "fallback: '" + text + "' (expected: fail_open, fail_closed or region:NAME)");
    }

    /** The form that {@link #parse} reads. */
    public String wireName() {
        return switch (mode) {
            case FAIL_OPEN -> "fail_open";
            case FAIL_CLOSED -> "fail_closed";
            case REGION -> "region:" + region;
        };
    }
}
