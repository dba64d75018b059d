package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Remote;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** All definitions of one kind, however many pages they take. */
@Command(name = "list", description = "Lists them all.")
final class ListVerb extends Verb {

    private static final int PAGE = 500;

    private final Noun noun;

    @Option(
            names = "--where",
            paramLabel = "NAME=VALUE",
            description = "For rules: status=active or paused, algorithm=NAME. May be repeated.")
    private Map<String, String> where = new LinkedHashMap<>();

    ListVerb(Noun noun) {
        this.noun = noun;
    }

    @Override
    public Integer call() {
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        ArrayNode items = whole.putArray(noun.items());
        Remote remote = options.remote();
        int before = -1;
        while (items.size() % PAGE == 0 && items.size() != before) {
            before = items.size();
            JsonNode page = remote.get(noun.path() + "?limit=" + PAGE + "&offset=" + before + filter())
                    .body()
                    .path(noun.items());
            page.forEach(items::add);
        }
        options.output.list(out(), whole, items, noun.columns());
        return Exit.DONE;
    }

    private String filter() {
        StringBuilder query = new StringBuilder();
        where.forEach((name, value) ->
                query.append('&').append(Remote.part(name)).append('=').append(Remote.part(value)));
        return query.toString();
    }
}
