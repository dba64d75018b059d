package dev.windrose.front.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.decide.definition.Conflict;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.front.web.Json;
import dev.windrose.model.DefinitionKey;
import java.util.List;
import java.util.TreeMap;

/** Conflicts of definitions as JSON. */
final class ConflictBodies {

    /** Maximum number shown for one definition; the state keeps some more, and the history all. */
    private static final int SHOWN_AT_MOST = 16;

    /** Adds changes that lost a merge, if any. */
    static void show(ObjectNode json, DefinitionKey key, DefinitionState state) {
        List<Conflict> conflicts = Conflict.of(state);
        if (conflicts.isEmpty()) {
            return;
        }
        ArrayNode shown = json.putArray("conflicts");
        for (Conflict conflict : conflicts.subList(0, Math.min(SHOWN_AT_MOST, conflicts.size()))) {
            ObjectNode one = shown.addObject();
            one.put("at", Json.time(conflict.stamp().epochMs()));
            one.put("region", conflict.stamp().region());
            one.put("action", conflict.life().isEmpty() ? "changed" : conflict.life());
            ObjectNode fields = one.putObject("fields");
            new TreeMap<>(conflict.fields())
                    .forEach((field, text) ->
                            fields.put(field, key.kind() == DefinitionKey.Kind.KEY ? "(hidden)" : text));
            one.putObject("superseded_by")
                    .put("at", Json.time(conflict.by().epochMs()))
                    .put("region", conflict.by().region());
        }
    }

    private ConflictBodies() {}
}
