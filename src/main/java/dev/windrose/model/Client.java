package dev.windrose.model;

import org.jspecify.annotations.Nullable;

/**
 * Who asks, as far as a decision cares.
 *
 * @param area the area or region the client is in, lower case, or null when not known
 * @param coordinate where the client is, or null when not known
 * @param affinityKey keeps a client on one region where the rule wants that, or null
 * @param network the block of addresses the client is in, as a number; 0 when not known
 * @param known whether anybody knows where the client is; if not, the area is a guess, by which it may be served nearby, but
 *     which frees it from no residency
 */
public record Client(
        @Nullable String area,
        @Nullable Coordinate coordinate,
        @Nullable String affinityKey,
        long network,
        boolean known) {

    public static final Client ANYWHERE = new Client(null, null, null);

    /** One of whose address nothing is known. */
    public Client(@Nullable String area, @Nullable Coordinate coordinate, @Nullable String affinityKey) {
        this(area, coordinate, affinityKey, 0);
    }

    /** One that is known to be there. */
    public Client(@Nullable String area, @Nullable Coordinate coordinate, @Nullable String affinityKey, long network) {
        this(area, coordinate, affinityKey, network, true);
    }

    /** One of whom nobody knows where it is, taken to be near {@code area}. */
    public static Client near(String area, @Nullable String affinityKey, long network) {
        return new Client(area, null, affinityKey, network, false);
    }

    /** Whether anybody knows where it is. */
    public boolean isPlaced() {
        return known && (area != null || coordinate != null);
    }

    public static Client in(String area) {
        return new Client(area, null, null);
    }
}
