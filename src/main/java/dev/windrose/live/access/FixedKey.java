package dev.windrose.live.access;

import dev.windrose.decide.access.KeyText;
import dev.windrose.model.Grant;
import dev.windrose.model.Principal;
import dev.windrose.model.Role;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * A key that one node holds independently of the journal and the other nodes: its first key, or the break-glass key.
 *
 * @param hash see {@link KeyText#hash}
 * @param good whether the key is currently accepted
 */
public record FixedKey(Principal principal, String hash, BooleanSupplier good) {

    public static final String BREAK_GLASS = "break-glass";
    public static final String FIRST = "first-key";

    /** Reserved names. */
    public static final Set<String> NAMES = Set.of(BREAK_GLASS, FIRST);

    private static final List<Grant> ADMIN = List.of(new Grant(Role.ADMIN, Set.of(), Map.of()));

    public static FixedKey breakGlass(String hash) {
        return new FixedKey(Principal.of(Principal.Kind.BREAK_GLASS, BREAK_GLASS, ADMIN), hash, () -> true);
    }

    public static FixedKey first(String hash, BooleanSupplier good) {
        return new FixedKey(Principal.of(Principal.Kind.FIRST_KEY, FIRST, ADMIN), hash, good);
    }

    Principal identify(KeyText key) {
        return key.is(hash) && good.getAsBoolean() ? principal : Principal.INVALID;
    }
}
