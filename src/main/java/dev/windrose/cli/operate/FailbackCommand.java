package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.windrose.cli.remote.EditOptions;
import dev.windrose.cli.remote.Remote;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code windrose rule failback}. */
@Command(name = "failback", description = "Calls the traffic back to a target that it left.")
final class FailbackCommand extends Verb {

    @Mixin
    private EditOptions edit = new EditOptions();

    @Parameters(index = "0", paramLabel = "RULE")
    private String rule = "";

    @Parameters(index = "1", paramLabel = "REGION")
    private String region = "";

    @Override
    public Integer call() {
        return edit.send(
                options,
                out(),
                "POST",
                Noun.RULE.path(rule) + "/failback/" + Remote.part(region),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("owner", edit.author())
                        .put("reason", edit.requiredReason()));
    }
}
