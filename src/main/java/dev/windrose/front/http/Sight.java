package dev.windrose.front.http;

import dev.windrose.model.DefinitionKey;

/** Which definitions a caller may be shown, where something is said of many at once. */
interface Sight {

    /** Of callers whose grants have no limits. */
    Sight WHOLE = key -> true;

    boolean covers(DefinitionKey key);

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
