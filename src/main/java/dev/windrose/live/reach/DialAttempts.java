package dev.windrose.live.reach;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The addresses that one exchange tried, and the result of each. Safe for all threads. */
public final class DialAttempts {

    private final Map<InetAddress, String> missed = new LinkedHashMap<>();
    private @Nullable InetAddress at = null;
    private long waitedNanos = 0;

    public synchronized void tries(InetAddress address) {
        missed.put(address, "");
    }

    public synchronized void failed(InetAddress address, IOException cause) {
        missed.put(address, cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
    }

    /** @param waited from the first attempt to that of this address, in ns */
    public synchronized void connected(InetAddress address, long waited) {
        // Later attempts were not waited for: the two are far away, and no slower than each other.
        boolean after = false;
        for (Iterator<Map.Entry<InetAddress, String>> tried = missed.entrySet().iterator(); tried.hasNext(); ) {
            Map.Entry<InetAddress, String> each = tried.next();
            boolean it = each.getKey().equals(address);
            if (it || (after && each.getValue().isEmpty())) {
                tried.remove();
            }
            after |= it;
        }
        at = address;
        waitedNanos = waited;
    }

    /** The current or last connected address; null when it never was. */
    public synchronized @Nullable InetAddress at() {
        return at;
    }

    /**
     * The addresses that failed to connect, with the cause; empty for one that has not answered. In the order of the
     * attempts.
     */
    public synchronized Map<InetAddress, String> missed() {
        return new LinkedHashMap<>(missed);
    }

    /** Time spent on other addresses, in ns. */
    public synchronized long waitedNanos() {
        return waitedNanos;
    }
}
