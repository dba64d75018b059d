package dev.windrose;

import java.util.Random;

/**
 * Runs a check on many random cases. A failure names its seed; {@code -Dwindrose.seed=N} runs only that case.
 */
public final class Forall {

    private static final int CASES = 500;

    /** One property. Must draw every choice from {@code random}, so that the seed alone repeats it. */
    public interface Check {
        void run(Random random) throws Exception;
    }

    public static void cases(Check check) {
        cases(CASES, check);
    }

    /** For checks of which a case takes long. */
    public static void cases(int count, Check check) {
        Long only = Long.getLong("windrose.seed");
        for (long seed = 0; seed < count; seed++) {
            long used = only == null ? seed : only;
            try {
                check.run(new Random(used));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("failed for -Dwindrose.seed=" + used, e);
            }
            if (only != null) {
                return;
            }
        }
    }

    private Forall() {}
}
