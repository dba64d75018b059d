package dev.windrose.model;

import org.jspecify.annotations.Nullable;

/**
 * Who asks, as far as a decision cares.
 *
 * @param area the area or region the client is in, lower case, or null when not known
 * @param coordinate where the client is, or null when not known
 * @param affinityKey keeps a client on one region where the rule wants that, or null
 */
public record Client(
        @Nullable String area,
        @Nullable Coordinate coordinate,
        @Nullable String affinityKey) {

    public static final Client ANYWHERE = new Client(null, null, null);

    public static Client in(String area) {
        return new Client(area, null, null);
    }
}
