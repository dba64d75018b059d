package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.windrose.cli.remote.EditOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code windrose region evict}. */
@Command(
        name = "evict",
        description = {
            "Removes a lost region from the cluster, so that regions that start in the meantime can take writes.",
            "Refused while any node hears from the region. Moves no traffic: that follows health. The region rejoins by",
            "itself when it is back. After `windrose.node.evict-after` a majority of the regions does this by itself."
        })
final class EvictCommand extends Verb {

    @Mixin
    private EditOptions edit = new EditOptions();

    @Parameters(paramLabel = "REGION", description = "Name of the lost region, such as eu-west-1.")
    private String region = "";

    @Override
    public Integer call() {
        return edit.send(
                options,
                out(),
                "POST",
                Noun.REGION.path(region) + "/evict",
                JsonNodeFactory.instance
                        .objectNode()
                        .put("owner", edit.author())
                        .put("reason", edit.requiredReason()));
    }
}
