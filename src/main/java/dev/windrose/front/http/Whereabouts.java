package dev.windrose.front.http;

import dev.windrose.decide.geo.Networks;
import dev.windrose.decide.geo.PlaceKey;
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
 * Where the client of a call is that names no place itself: by {@code client_ip}, by the address that a trusted proxy forwards
 * for, or by that of the peer. One that nobody has placed is near this node, for clients ask the nearest.
 */
final class Whereabouts {

    /** Addresses of a chain of proxies that are looked at, from the nearest one on. */
    private static final int CHAIN_AT_MOST = 32;

    private static final int LONGEST_ADDRESS = 45;

    /** By which address the place was found. */
    enum By {
        CLIENT_IP,
        FORWARDED_FOR,
        PEER,
        /** Nobody has placed it. */
        NEAREST_NODE
    }

    /** Who said that the address is there. */
    enum Source {
        /** The client itself, by name or coordinate. */
        CLIENT,
        /** The operator's networks file. */
        OVERRIDES,
        DATABASE,
        NEAREST_NODE
    }

    /**
     * A place; one of area and coordinate is there, or both.
     *
     * @param network the block of addresses that the client is in, from {@link PlaceKey}
     */
    record Found(@Nullable String area, @Nullable Coordinate coordinate, long network, By by, Source source) {

        Client client(@Nullable String affinityKey) {
            return new Client(area, coordinate, affinityKey, network);
        }
    }

    private final Supplier<Networks> overrides;
    private final Supplier<Networks> database;
    private final PrefixTable trusted;
    private final String home;

    /**
     * @param overrides where blocks of addresses are, as the operator says now
     * @param database where they are as a database says now, for addresses that the operator does not place
     * @param trusted proxies whose word about their clients is believed
     * @param self the region of this node
     */
    Whereabouts(Supplier<Networks> overrides, Supplier<Networks> database, List<Prefix> trusted, RegionId self) {
        this.overrides = overrides;
        this.database = database;
        this.home = self.value();
        List<PrefixTable.Entry> entries = new ArrayList<>();
        trusted.forEach(prefix -> entries.add(new PrefixTable.Entry(prefix, 0)));
        this.trusted = PrefixTable.of(entries);
    }

    /** Where the client of that call is. */
    Found of(Call call) {
        String given = call.query("client_ip");
        if (given != null) {
            return placed(given(given, "client_ip"), By.CLIENT_IP);
        }
        byte[] peer = call.peer();
        byte[] client = peer == null || !trusts(peer) ? null : forwarded(call.forwardedFor());
        return client == null ? placed(peer, By.PEER) : placed(client, By.FORWARDED_FOR);
    }

    /** Where an address is that the body of a call names. */
    Found of(String address, String field) {
        return placed(given(address, field), By.CLIENT_IP);
    }

    private static byte[] given(String text, String field) {
        byte[] address = text.length() > LONGEST_ADDRESS ? null : Prefix.address(text);
        if (address == null) {
            throw Problem.invalid(field + ": '" + Json.shortened(text) + "' (expected: an address, such as 192.0.2.1)");
        }
        return address;
    }

    private boolean trusts(byte[] address) {
        return trusted.find(address) != PrefixTable.NONE;
    }

    /** The nearest address of the chain that is no trusted proxy: what lies beyond it anybody may have written. */
    private byte @Nullable [] forwarded(@Nullable String chain) {
        byte[] last = null;
        int to = chain == null ? 0 : chain.length();
        for (int i = 0; i < CHAIN_AT_MOST && chain != null && to > 0; i++) {
            int comma = chain.lastIndexOf(',', to - 1);
            String text = chain.substring(comma + 1, to).strip();
            byte[] address = text.length() > LONGEST_ADDRESS ? null : Prefix.address(text);
            if (address == null) {
                return last;
            }
            last = address;
            if (!trusts(address)) {
                return address;
            }
            to = comma;
        }
        return last;
    }

    private Found placed(byte @Nullable [] address, By by) {
        long network = address == null ? PlaceKey.NONE : PlaceKey.of(address);
        Networks.Place said = address == null ? null : overrides.get().of(address);
        if (said != null) {
            return new Found(said.area(), said.coordinate(), network, by, Source.OVERRIDES);
        }
        Networks.Place known = address == null ? null : database.get().of(address);
        return known != null
                ? new Found(known.area(), known.coordinate(), network, by, Source.DATABASE)
                : new Found(home, null, network, By.NEAREST_NODE, Source.NEAREST_NODE);
    }
}
