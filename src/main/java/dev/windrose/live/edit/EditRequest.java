package dev.windrose.live.edit;

import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.IdempotencyKey;
import dev.windrose.model.DefinitionKey;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One requested edit of one definition.
 *
 * @param fields new texts of fields, by wire name
 * @param revision the revision that the writer has seen; the edit is refused unless it is current. Null: any
 * @param reason the writer's reason, or empty
 * @param request identifies the request, so that a retry is the same edit; null when it cannot be retried
 */
public record EditRequest(
        DefinitionKey key,
        Change.Kind kind,
        Map<String, String> fields,
        @Nullable String revision,
        String reason,
        @Nullable IdempotencyKey request) {

    public EditRequest {
        fields = Map.copyOf(fields);
    }

    EditRequest as(Change.Kind other, Map<String, String> texts, @Nullable String seen) {
        return new EditRequest(key, other, texts, seen, reason, request);
    }
}
