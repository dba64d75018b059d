package dev.windrose.cli.remote;

/** Why a command ends, as one line, and with which code. */
public final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int code;

    /** @param code one of {@link Exit} */
    public Failure(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** A wrong option, file or context. */
    public static Failure wrong(String message) {
        return new Failure(Exit.WRONG, message);
    }

    public int code() {
        return code;
    }
}
