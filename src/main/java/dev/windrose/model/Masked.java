package dev.windrose.model;

import java.util.regex.Pattern;

/**
 * A text that may be shown: passwords and tokens inside addresses are left out, wherever the text comes from, such as
 * {@code jdbc:postgresql://db/windrose?user=a&password=b} and {@code https://user:pass@host/}.
 */
public final class Masked {

    private static final String HIDDEN = "(hidden)";

    private static final String SECRET =
            "[\\w.-]*(?:password|passwd|passphrase|pwd|secret|token|credential|api[_-]?key|access[_-]?key|private[_-]?key)[\\w.-]*";

    /**
     * Up to the last at sign before the path: a password that should have been escaped may hold one. An address of Akka names an
     * actor system there.
     */
    private static final Pattern USER =
            Pattern.compile("(?i)(?<![a-z0-9+.-])(?!akka://)([a-z][a-z0-9+.-]*://)[^\\s\"'/?#]*@");

    /** In a query, a value ends with an ampersand, and nowhere else. */
    private static final Pattern QUERY = Pattern.compile("(?i)([?&]" + SECRET + "\\s*=)[^&\\s\"']+");

    private static final Pattern OTHER =
            Pattern.compile("(?i)((?:^|[;,{\\s\"'])" + SECRET + "\\s*=\\s*)[^;,}\\s\"'(][^;}\\s\"']*");

    /** The text without them. */
    public static String of(String text) {
        String masked = USER.matcher(text).replaceAll("$1" + HIDDEN + "@");
        masked = QUERY.matcher(masked).replaceAll("$1" + HIDDEN);
        return OTHER.matcher(masked).replaceAll("$1" + HIDDEN);
    }

    private Masked() {}
}
