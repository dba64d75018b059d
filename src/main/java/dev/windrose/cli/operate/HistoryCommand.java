package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.windrose.cli.remote.Exit;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code windrose history}: what was changed, by whom, when and why. */
@Command(name = "history", description = "What was changed in one definition, by whom, when and why; newest first.")
public final class HistoryCommand extends Verb {

    private static final List<String> COLUMNS = List.of("at", "region", "action", "author", "reason", "fields");

    @Parameters(paramLabel = "DEFINITION", description = "rule:NAME, geo:NAME or region:NAME; NAME alone is a rule.")
    private String definition = "";

    @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    public Integer call() {
        JsonNode history = options.remote()
                .get(DefinitionName.of(definition).path() + "/history?limit=" + limit)
                .body();
        options.output.list(out(), history, history.path("changes"), COLUMNS);
        return Exit.DONE;
    }
}
