package dev.windrose.live.geo;

import com.maxmind.db.MaxMindDbParameter;
import dev.windrose.decide.geo.Countries;
import dev.windrose.decide.geo.Networks;
import dev.windrose.model.Coordinate;
import dev.windrose.model.Identifier;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a database record that are used; all others are skipped. Public, with all its parts, because the library
 * constructs it by the names of its parts.
 *
 * @param area a name as clients may give it, in databases made by operators; takes precedence over the country
 * @param latitude with the longitude, in databases made by operators; takes precedence over the location
 */
public record PlaceRecord(
        @Nullable String area,
        @Nullable Number latitude,
        @Nullable Number longitude,
        @Nullable Country country,

        @MaxMindDbParameter(name = "registered_country") @Nullable
        Country registeredCountry,

        @Nullable Continent continent,
        @Nullable Location location) {

    /** A country by the code of ISO 3166. */
    public record Country(
            @MaxMindDbParameter(name = "iso_code") @Nullable String code) {}

    /** A continent by two letters. */
    public record Continent(@Nullable String code) {}

    /** A point on the globe. */
    public record Location(
            @Nullable Number latitude, @Nullable Number longitude) {}

    /**
     * The place of the record, or null when it has none.
     *
     * @throws IllegalArgumentException when the place is invalid
     */
    Networks.@Nullable Place place() {
        String named = named();
        Coordinate at = coordinate(latitude, longitude);
        if (at == null && location != null) {
            at = coordinate(location.latitude(), location.longitude());
        }
        return named == null && at == null ? null : new Networks.Place(named, at);
    }

    private @Nullable String named() {
        if (area != null && !area.isBlank()) {
            return Identifier.require("area", area.strip().toLowerCase(Locale.ROOT));
        }
        String code = known(country);
        code = code == null ? known(registeredCountry) : code;
        return code != null || continent == null || continent.code() == null
                ? code
                : Countries.continent(continent.code());
    }

    /** Some databases use codes that are not countries, such as ZZ, for unknown. */
    private static @Nullable String known(@Nullable Country country) {
        String code = country == null || country.code() == null
                ? null
                : country.code().toLowerCase(Locale.ROOT);
        return code == null || Countries.area(code) == null ? null : code;
    }

    /** Null Island (0, 0) is uninhabited: it stands for unknown. */
    private static @Nullable Coordinate coordinate(@Nullable Number latitude, @Nullable Number longitude) {
        if (latitude == null || longitude == null) {
            return null;
        }
        Coordinate at = new Coordinate(latitude.doubleValue(), longitude.doubleValue());
        return at.latitude() == 0 && at.longitude() == 0 ? null : at;
    }
}
