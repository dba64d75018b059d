package dev.windrose.live.listen;

/** The client kept the node waiting. */
final class TooSlow extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TooSlow() {
        super("the client is too slow", null, false, false);
    }
}
