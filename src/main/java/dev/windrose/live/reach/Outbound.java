package dev.windrose.live.reach;

import dev.windrose.decide.reach.Destinations;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

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
    private final Resolver resolver;

    public Outbound(Destinations destinations) {
        this(destinations, InetAddress::getAllByName);
    }

    public Outbound(Destinations destinations, Resolver resolver) {
        this.destinations = destinations;
        this.resolver = resolver;
    }

    /**
     * An address of the host that may be connected to. Blocks for as long as the name server takes.
     *
     * @throws Refused when any of its addresses may not
     */
    public InetAddress address(String host) throws IOException {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        InetAddress[] found = resolver.resolve(bare);
        if (found.length == 0) {
            throw new IOException("host: '" + bare + "' has no address");
        }
        for (InetAddress address : found) {
            String refusal = destinations.refusal(address.getAddress());
            if (refusal != null) {
                throw new Refused("host: '" + bare + "' is " + refusal
                        + " (expected: a public address, or one within windrose.reach.allow)");
            }
        }
        return found[0];
    }

    /** A connection to the host. Blocks. */
    public Socket connect(String host, int port, int timeoutMs) throws IOException {
        InetAddress address = address(host);
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(address, port), timeoutMs);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }
}
