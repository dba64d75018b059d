package dev.windrose.live.reach;

import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.reach.Destinations;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The way out to hosts that rules, regions and settings name. A name is asked for once, and what is connected to is the
 * address that was looked at: a name server that answers otherwise the next time changes nothing.
 */
public final class Outbound {

    /** Asks for the addresses of a host. Blocks. */
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
    private final Names names;

    public Outbound(Destinations destinations, Names.Lanes lanes) {
        this(destinations, InetAddress::getAllByName, lanes);
    }

    public Outbound(Destinations destinations, Resolver resolver, Names.Lanes lanes) {
        this.destinations = destinations;
        this.names = new Names(resolver, lanes);
    }

    /**
     * An address of the host that may be connected to. Fails with {@link Refused} when any of its addresses may not. Takes as long as the
     * name server takes.
     */
    public CompletableFuture<InetAddress> look(String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String bare = bracketed ? host.substring(1, host.length() - 1) : host;
        if (!bracketed && Prefix.address(bare) == null) {
            return names.look(bare).thenApply(found -> chosen(bare, found));
        }
        try {
            // The address of a number is known without asking anybody.
            return CompletableFuture.completedFuture(chosen(bare, InetAddress.getAllByName(bare)));
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private InetAddress chosen(String bare, InetAddress[] found) {
        if (found.length == 0) {
            throw new CompletionException(new IOException("host: '" + bare + "' has no address"));
        }
        for (InetAddress address : found) {
            String refusal = destinations.refusal(address.getAddress());
            if (refusal != null) {
                throw new CompletionException(new Refused("host: '" + bare + "' is " + refusal
                        + " (expected: a public address, or one within windrose.reach.allow)"));
            }
        }
        return found[0];
    }
}
