package dev.windrose.front.web;

import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;

/** Which definitions a caller may see in answers about many of them. */
public interface Visibility {

    /** For callers with unlimited grants. */
    Visibility WHOLE = key -> true;

    boolean covers(DefinitionKey key);

    /** Whether the caller's definitions may name that region, whether or not it exists. */
    default boolean names(RegionId region) {
        return true;
    }

    /** @throws Problem that names no definition, when this one exists and is not covered */
    default void require(DefinitionKey key) {
        if (!covers(key)) {
            throw Problem.of(
                    Problem.Kind.FORBIDDEN,
                    "definitions: you may not see all of these (expected: only definitions that the limits of"
                            + " a grant cover, see docs/reference/access.md)");
        }
    }
}
