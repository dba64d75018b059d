package dev.windrose.cli.remote;

/** The exit codes of commands that speak to a node. */
public final class Exit {

    /** Done. */
    public static final int DONE = 0;

    /** Refused, or something that should have worked did not. */
    public static final int FAILED = 1;

    /** An option, a file or a setting is wrong. */
    public static final int WRONG = 2;

    /** What was named does not exist. */
    public static final int UNKNOWN = 3;

    /** No answer, or not possible now: the same command may be tried again. */
    public static final int AWAY = 4;

    /** Somebody else changed it meanwhile. */
    public static final int STALE = 5;

    /** There is something to do; only where it was asked for by {@code --exit-code}. */
    public static final int DIFFERENT = 6;

    /** There was nothing to check; where an empty file must not pass for a good one. */
    public static final int EMPTY = 7;

    /** What {@code --help} says about them. */
    public static final String HELP = "Exit codes: 0 done, 1 refused or failed, 2 invalid option, file or setting,"
            + " 3 not found,%n            4 no answer or not possible now (try again), 5 changed by someone else.";

    private Exit() {}
}
