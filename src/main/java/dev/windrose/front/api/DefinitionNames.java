package dev.windrose.front.api;

import dev.windrose.front.web.Json;
import dev.windrose.front.web.Problem;
import dev.windrose.model.DefinitionKey;

/** Names of definitions in calls: {@code rule:web}. */
final class DefinitionNames {

    static DefinitionKey key(String text, String field) {
        try {
            DefinitionKey key = DefinitionKey.parse(text);
            if (key.kind() != DefinitionKey.Kind.KEY) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // Reported below, together with keys, whose history is neither shown nor restored.
        }
        throw Problem.invalid(
                field + ": '" + Json.shortened(text) + "' (expected: rule:NAME, geo:NAME or region:NAME)");
    }

    private DefinitionNames() {}
}
