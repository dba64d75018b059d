package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.windrose.cli.remote.EditOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Pauses a rule, or lets it go on. */
@Command(description = "Pauses it (it is kept, and decides nothing), or resumes it.")
final class StatusVerb extends Verb {

    private final Noun noun;
    private final String status;

    @Mixin
    private EditOptions edit = new EditOptions();

    @Parameters(paramLabel = "NAME")
    private String name = "";

    StatusVerb(Noun noun, String status) {
        this.noun = noun;
        this.status = status;
    }

    @Override
    public Integer call() {
        return edit.send(
                options,
                out(),
                "PATCH",
                noun.path(name),
                JsonNodeFactory.instance.objectNode().put("status", status));
    }
}
