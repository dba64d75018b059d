package dev.windrose.live.geo;

import dev.windrose.decide.geo.Forwarding;
import dev.windrose.decide.geo.Networks;
import dev.windrose.decide.geo.PlaceKey;
import dev.windrose.decide.geo.Places;
import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.geo.PrefixTable;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import dev.windrose.model.RegionId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Locates a client: by the name or the address that it gives, by the address that a trusted proxy forwards, or by the
 * peer's address. A client that cannot be located is treated as near this node, because clients ask the nearest node.
 * Safe for all threads; lookups neither wait nor lock.
 */
public final class ClientLocator {

    /** How the place was determined. */
    public enum By {
        /** The name that the client gave. */
        CLIENT_REGION,
        COORDINATE,
        CLIENT_IP,
        FORWARDED_FOR,
        PEER,
        /** The client could not be located. */
        NEAREST_NODE
    }

    /** The source of an address's location. */
    public enum Source {
        /** The client itself, by name or coordinate. */
        CLIENT,
        /** The operator's networks file. */
        OVERRIDES,
        DATABASE,
        NEAREST_NODE
    }

    /**
     * A location; area, coordinate, or both are present.
     *
     * @param network the client's address block, from {@link PlaceKey}
     * @param forwarding the forwarding headers as read
     */
    public record Found(
            @Nullable String area,
            @Nullable Coordinate coordinate,
            long network,
            By by,
            Source source,
            Forwarding.Read forwarding) {

        public Client client(@Nullable String affinityKey) {
            return new Client(area, coordinate, affinityKey, network, known());
        }

        /** Whether the client's location is known. */
        public boolean known() {
            return source != Source.NEAREST_NODE;
        }
    }

    private final Supplier<Networks> overrides;
    private final Supplier<Networks> database;
    private final Supplier<Places> places;
    private final PrefixTable trusted;
    private final String home;

    /** Forwarding headers. Read only when the peer is a trusted proxy. */
    public interface Chain {

        /** The lines of the header {@code Forwarded}, in their order. */
        List<String> forwarded();

        /** The lines of the header {@code X-Forwarded-For}, in their order. */
        List<String> forwardedFor();
    }

    /**
     * A locator.
     *
     * @param overrides the operator's current locations of address blocks
     * @param database the database's locations, for addresses that the operator does not locate
     * @param places the currently known names
     * @param trusted proxies whose forwarding headers are trusted
     * @param self the region of this node
     */
    public ClientLocator(
            Supplier<Networks> overrides,
            Supplier<Networks> database,
            Supplier<Places> places,
            List<Prefix> trusted,
            RegionId self) {
        this.overrides = overrides;
        this.database = database;
        this.places = places;
        this.home = self.value();
        List<PrefixTable.Entry> entries = new ArrayList<>();
        trusted.forEach(prefix -> entries.add(new PrefixTable.Entry(prefix, 0)));
        this.trusted = PrefixTable.of(entries);
    }

    /**
     * Locates a client by the name that it gives: near this node when the name is unknown. Runs on the decision path.
     */
    public Client named(String place, @Nullable String affinityKey) {
        String known = places.get().find(place);
        return known == null ? Client.near(home, affinityKey, PlaceKey.NONE) : new Client(known, null, affinityKey);
    }

    /** Locates a client by the name that it gives. */
    public Found named(String place) {
        String known = places.get().find(place);
        return known == null
                ? nearestNode(PlaceKey.NONE, Forwarding.NOTHING)
                : new Found(known, null, PlaceKey.NONE, By.CLIENT_REGION, Source.CLIENT, Forwarding.NOTHING);
    }

    /** Locates a client by the coordinate that it gives. */
    public static Found at(Coordinate place) {
        return new Found(null, place, PlaceKey.NONE, By.COORDINATE, Source.CLIENT, Forwarding.NOTHING);
    }

    /** Locates a client by the address that it gives, of 4 or 16 bytes. */
    public Found addressed(byte[] address) {
        return placed(address, By.CLIENT_IP, Forwarding.NOTHING);
    }

    /**
     * Locates the client at the other end of a connection, or behind it.
     *
     * @param peer the address at the other end, of 4 or 16 bytes; null when unknown
     * @param chain the forwarding headers
     */
    public Found behind(byte @Nullable [] peer, Chain chain) {
        if (peer == null || !trusts(peer)) {
            return placed(peer, By.PEER, Forwarding.NOTHING);
        }
        Forwarding.Read read = Forwarding.read(chain.forwarded(), chain.forwardedFor(), this::trusts);
        byte[] client = read.client();
        if (read.contradicted()) {
            return nearestNode(PlaceKey.NONE, read);
        }
        return client == null ? placed(peer, By.PEER, read) : placed(client, By.FORWARDED_FOR, read);
    }

    private boolean trusts(byte[] address) {
        return trusted.find(address) != PrefixTable.NONE;
    }

    private Found placed(byte @Nullable [] address, By by, Forwarding.Read read) {
        long network = address == null ? PlaceKey.NONE : PlaceKey.of(address);
        Found found = placed(address, network, overrides.get(), by, Source.OVERRIDES, read);
        if (found == null) {
            found = placed(address, network, database.get(), by, Source.DATABASE, read);
        }
        return found == null ? nearestNode(network, read) : found;
    }

    /** The location by these networks; null when they have none, or name an unknown place. */
    private @Nullable Found placed(
            byte @Nullable [] address, long network, Networks by, By placedBy, Source source, Forwarding.Read read) {
        Networks.Place said = address == null ? null : by.of(address);
        String area = said == null ? null : said.area();
        String known = area == null ? null : places.get().find(area);
        return said == null || (known == null && said.coordinate() == null)
                ? null
                : new Found(known, said.coordinate(), network, placedBy, source, read);
    }

    private Found nearestNode(long network, Forwarding.Read read) {
        return new Found(home, null, network, By.NEAREST_NODE, Source.NEAREST_NODE, read);
    }
}
