package dev.windrose.live.edit;

import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.IdempotencyKey;
import dev.windrose.model.DefinitionKey;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One edit of one definition, as it is asked for.
 *
 * @param fields new texts of fields, by wire name
 * @param revision the revision that the writer has seen; the edit is not done when it is not the current one. Null: any
 * @param reason why, in the writer's words, or empty
 * @param request names the request, so that its repetition is the same edit; null when it cannot be repeated
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
