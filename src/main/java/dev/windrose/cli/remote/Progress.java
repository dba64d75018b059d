package dev.windrose.cli.remote;

import java.io.PrintWriter;
import java.util.Locale;

/** How far long work is, as one line on standard error that is written over; nothing where nobody looks. */
public final class Progress implements AutoCloseable {

    private static final int WIDTH = 30;
    private static final long EVERY_NANOS = 100_000_000;

    private final PrintWriter err;
    private final boolean shown;
    private final String what;
    private final long began = System.nanoTime();
    private long last = 0;

    /** Shows something only where standard error is a terminal, as {@code bin/windrose} finds and says. */
    public Progress(PrintWriter err, String what) {
        this(err, what, Boolean.getBoolean("windrose.terminal"));
    }

    Progress(PrintWriter err, String what, boolean shown) {
        this.err = err;
        this.what = what;
        this.shown = shown;
    }

    /** Tells that so much of all is done; {@code all} of 0 means that nobody knows how much there is. */
    public void at(long done, long all) {
        long now = System.nanoTime();
        if (!shown || (done < all && now - last < EVERY_NANOS)) {
            return;
        }
        last = now;
        double seconds = Math.max(1e-9, (now - began) / 1e9);
        err.print("\r" + line(what, done, all, done / seconds) + "\u001B[K");
        err.flush();
    }

    static String line(String what, long done, long all, double perSecond) {
        String rate = String.format(Locale.ROOT, "%.0f/s", perSecond);
        if (all <= 0) {
            return what + " " + done + " " + rate;
        }
        int filled = (int) Math.min(WIDTH, done * WIDTH / all);
        return what + " [" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] " + done + "/" + all + " " + rate;
    }

    @Override
    public void close() {
        if (shown && last != 0) {
            err.println();
            err.flush();
        }
    }
}
