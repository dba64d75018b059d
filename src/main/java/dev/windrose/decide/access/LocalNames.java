package dev.windrose.decide.access;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request was meant for this machine (protection against DNS rebinding). A node without authentication
 * listens on loopback only. A browser on the machine still reaches it for any web page whose owner points a name to
 * 127.0.0.1, and such a page would act as admin. The page cannot choose the {@code Host} and {@code Origin} that its
 * browser sends.
 */
public final class LocalNames {

    private static final int SHOWN_AT_MOST = 80;
    private static final Pattern AUTHORITY = Pattern.compile("(\\[[0-9a-fA-F:.]*]|[^:\\[\\]]*)(?::[0-9]*)?");
    private static final Pattern LOOPBACK = Pattern.compile("127(?:\\.(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3}");

    /**
     * Why the request is refused; null when it is not.
     *
     * @param host the request's {@code Host}, with or without a port; null or empty when absent, which no browser does
     * @param origin of the requesting page; null when absent
     */
    public static @Nullable String refusal(@Nullable String host, @Nullable String origin) {
        if (host != null && !host.isEmpty() && !isLocal(host)) {
            return refused("Host", host);
        }
        if (origin == null) {
            return null;
        }
        int scheme = origin.indexOf("://");
        return scheme > 0 && isLocal(origin.substring(scheme + 3)) ? null : refused("Origin", origin);
    }

    private static String refused(String header, String text) {
        return header + ": '" + (text.length() <= SHOWN_AT_MOST ? text : text.substring(0, SHOWN_AT_MOST) + "...")
                + "' (expected: localhost, a name under .localhost, 127.0.0.0/8 or [::1], because this node runs with --dev"
                + " and authenticates nobody)";
    }

    /** Whether a name or address, with or without a port, always means this machine, whatever name servers answer. */
    public static boolean isLocal(String authority) {
        Matcher parts = AUTHORITY.matcher(authority);
        if (!parts.matches()) {
            return false;
        }
        String name = parts.group(1).toLowerCase(Locale.ROOT);
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return plain.equals("localhost")
                || plain.endsWith(".localhost")
                || plain.equals("[::1]")
                || LOOPBACK.matcher(plain).matches();
    }

    private LocalNames() {}
}
