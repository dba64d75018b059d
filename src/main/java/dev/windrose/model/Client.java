package dev.windrose.model;

import org.jspecify.annotations.Nullable;

/**
 * Who asks, as far as a decision cares.
 *
 * @param area the area or region the client is in, lower case, or null when not known
 * @param coordinate where the client is, or null when not known
 * @param affinityKey keeps a client on one region where the rule wants that, or null
 * @param network the block of addresses the client is in, as a number; 0 when not known
 */
public record Client(
        @Nullable String area,
        @Nullable Coordinate coordinate,
        @Nullable String affinityKey,
        long network) {

    public static final Client ANYWHERE = new Client(null, null, null);

    /** One of whose address nothing is known. */
    public Client(@Nullable String area, @Nullable Coordinate coordinate, @Nullable String affinityKey) {
        this(area, coordinate, affinityKey, 0);
    }

    public static Client in(String area) {
        return new Client(area, null, null);
    }
}
