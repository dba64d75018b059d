package dev.windrose.cli.operate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.windrose.cli.remote.EditOptions;
import dev.windrose.cli.remote.Failure;
import dev.windrose.cli.remote.Remote;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Changes single fields of one definition; fails when somebody else changed it meanwhile. */
@Command(
        name = "set",
        description = {
            "Changes the named fields, such as algorithm=priority or failover_policy.failback=manual.",
            "Values are JSON if they parse as such, as in 3, true or [\"a\",\"b\"], and texts otherwise; null restores",
            "the default."
        })
final class SetVerb extends Verb {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Noun noun;

    @Mixin
    private EditOptions edit = new EditOptions();

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FIELD=VALUE")
    private List<String> changes = new ArrayList<>();

    SetVerb(Noun noun) {
        this.noun = noun;
    }

    @Override
    public Integer call() {
        Remote.Answer now = options.remote().get(noun.path(name));
        ObjectNode body = body(changes);
        String etag = now.etag();
        return etag == null
                ? edit.send(options, out(), "PATCH", noun.path(name), body)
                : edit.send(options, out(), "PATCH", noun.path(name), body, "If-Match", etag);
    }

    /** What is sent: a merge patch, in which null removes. */
    static ObjectNode body(List<String> changes) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        for (String change : changes) {
            int equals = change.indexOf('=');
            String[] path = change.substring(0, Math.max(0, equals)).split("\\.", 2);
            if (equals < 1 || path[0].isEmpty()) {
                throw Failure.wrong("'" + change + "' (expected: FIELD=VALUE or FIELD.KEY=VALUE)");
            }
            JsonNode value = value(change.substring(equals + 1));
            if (path.length == 1) {
                body.set(path[0], value);
                continue;
            }
            ObjectNode inner =
                    body.get(path[0]) instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
            inner.set(path[1], value);
            body.set(path[0], inner);
        }
        return body;
    }

    private static JsonNode value(String text) {
        try {
            JsonNode value = JSON.readTree(text);
            return value.isMissingNode() ? TextNode.valueOf(text) : value;
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(text);
        }
    }
}
