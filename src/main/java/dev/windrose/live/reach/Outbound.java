package dev.windrose.live.reach;

import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.reach.Destinations;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Access to hosts that rules, regions and settings name. A name is resolved once, and the connection goes to the
 * address that was checked: a different DNS answer the next time changes nothing (DNS rebinding).
 */
public final class Outbound {

    /** Resolves a host. Blocks. */
    public interface Resolver {
        InetAddress[] resolve(String host) throws IOException;
    }

    /** The host may not be connected to. */
    public static final class Refused extends IOException {

        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    private final Destinations destinations;
    private final NameResolver names;

    /** @param again after which a name is resolved again; until then its last addresses are used */
    public Outbound(Destinations destinations, NameResolver.Lanes lanes, Duration again) {
        this(destinations, InetAddress::getAllByName, lanes, again);
    }

    public Outbound(Destinations destinations, Resolver resolver, NameResolver.Lanes lanes, Duration again) {
        this.destinations = destinations;
        this.names = new NameResolver(resolver, lanes, again);
    }

    /** Maximum number of addresses tried per name; further ones are ignored. */
    public static final int ADDRESSES_AT_MOST = 16;

    /** Whether the host is an address rather than a name. */
    public static boolean isAddress(String host) {
        return host.indexOf(':') >= 0 || Prefix.address(host) != null;
    }

    /**
     * The addresses of the host, at least one and at most {@link #ADDRESSES_AT_MOST}, in the order in which to try
     * them: that of the system, with alternating families. Fails with {@link Refused} when any of its addresses is not
     * allowed, except for IPv6 addresses beside allowed IPv4 ones, which are left out. Takes as long as the name server
     * takes.
     */
    public CompletableFuture<List<InetAddress>> look(String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String bare = bracketed ? host.substring(1, host.length() - 1) : host;
        if (!bracketed && Prefix.address(bare) == null) {
            return names.look(bare).thenApply(found -> chosen(bare, found));
        }
        try {
            // A numeric address needs no lookup.
            return CompletableFuture.completedFuture(chosen(bare, InetAddress.getAllByName(bare)));
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private List<InetAddress> chosen(String bare, InetAddress[] found) {
        if (found.length == 0) {
            throw new CompletionException(new IOException("host: '" + bare + "' has no address"));
        }
        List<InetAddress> allowed = new ArrayList<>();
        String refused = null;
        boolean onlyIpv6 = true;
        for (InetAddress address : found) {
            String refusal = destinations.refusal(address.getAddress());
            if (refusal == null) {
                allowed.add(address);
            } else {
                refused = refusal;
                onlyIpv6 &= address instanceof Inet6Address;
            }
        }
        // An operator who allowed the IPv4 addresses of a name need not have thought of its IPv6 ones: these are left
        // out.
        boolean leftOut = onlyIpv6 && allowed.stream().anyMatch(Inet4Address.class::isInstance);
        if (refused != null && !leftOut) {
            throw new CompletionException(new Refused("host: '" + bare + "' is " + refused
                    + " (expected: a public address, or one within windrose.reach.allow)"));
        }
        return inTurn(allowed);
    }

    /** Alternates the families, beginning with that of the first: a broken family costs one attempt, not all. */
    static List<InetAddress> inTurn(List<InetAddress> found) {
        Deque<InetAddress> same = new ArrayDeque<>();
        Deque<InetAddress> other = new ArrayDeque<>();
        for (InetAddress address : found) {
            (address.getClass() == found.get(0).getClass() ? same : other).add(address);
        }
        Set<InetAddress> ordered = new LinkedHashSet<>();
        while (!(same.isEmpty() && other.isEmpty())) {
            if (!same.isEmpty()) {
                ordered.add(same.remove());
            }
            if (!other.isEmpty()) {
                ordered.add(other.remove());
            }
        }
        return ordered.stream().limit(ADDRESSES_AT_MOST).toList();
    }
}
