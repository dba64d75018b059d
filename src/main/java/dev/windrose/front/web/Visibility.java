package dev.windrose.front.web;

import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;

/** Which definitions a caller may see in answers about many of them. */
public interface Visibility {

    /** Of callers whose grants have no limits. */
    Visibility WHOLE = key -> true;

    boolean covers(DefinitionKey key);

    /** Whether definitions of theirs may name that region, whether or not it is there. */
    default boolean names(RegionId region) {
        return true;
    }

    /** @throws Problem that names none of them, when this one is there and not covered */
    default void require(DefinitionKey key) {
        if (!covers(key)) {
            throw Problem.of(
                    Problem.Kind.FORBIDDEN,
                    "definitions: not all of these may be shown to who asks (expected: only those that the limits of"
                            + " a grant cover, see docs/reference/access.md)");
        }
    }
}
