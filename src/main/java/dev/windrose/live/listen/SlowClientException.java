package dev.windrose.live.listen;

/** The client kept the node waiting. */
final class SlowClientException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SlowClientException() {
        super("the client is too slow", null, false, false);
    }
}
