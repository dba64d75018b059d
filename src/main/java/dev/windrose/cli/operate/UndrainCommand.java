package dev.windrose.cli.operate;

import dev.windrose.cli.remote.EditOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code windrose undrain}. */
@Command(name = "undrain", description = "Reverts `windrose drain` of a region, or of one rule's target.")
public final class UndrainCommand extends Verb {

    @Mixin
    private EditOptions edit = new EditOptions();

    @Parameters(paramLabel = "REGION")
    private String region = "";

    @Option(names = "--rule", paramLabel = "RULE", description = "Only this rule's target.")
    private @Nullable String rule;

    @Override
    public Integer call() {
        return edit.send(options, out(), "DELETE", DrainCommand.path(rule, region), null);
    }
}
