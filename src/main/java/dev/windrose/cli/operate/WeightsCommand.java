package dev.windrose.cli.operate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.windrose.cli.remote.EditOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code windrose rule weights}. */
@Command(
        name = "weights",
        description = "Sets the weights of a rule's targets, such as us-east-1=1 eu-west-1=3; they need not sum to 1.")
final class WeightsCommand extends Verb {

    @Mixin
    private EditOptions edit = new EditOptions();

    @Parameters(index = "0", paramLabel = "RULE")
    private String rule = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "REGION=WEIGHT")
    private Map<String, Double> weights = new LinkedHashMap<>();

    @Override
    public Integer call() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        weights.forEach(body::put);
        return edit.send(options, out(), "POST", Noun.RULE.path(rule) + "/update-weights", body);
    }
}
