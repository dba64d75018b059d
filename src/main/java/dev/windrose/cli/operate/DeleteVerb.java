package dev.windrose.cli.operate;

import dev.windrose.cli.remote.EditOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Removes one definition. */
@Command(name = "delete", description = "Removes one of them.")
final class DeleteVerb extends Verb {

    private final Noun noun;

    @Mixin
    private EditOptions edit = new EditOptions();

    @Parameters(paramLabel = "NAME")
    private String name = "";

    DeleteVerb(Noun noun) {
        this.noun = noun;
    }

    @Override
    public Integer call() {
        return edit.send(options, out(), "DELETE", noun.path(name), null);
    }
}
