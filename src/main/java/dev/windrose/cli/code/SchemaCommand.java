package dev.windrose.cli.code;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.windrose.cli.remote.Exit;
import dev.windrose.document.ManifestSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code windrose schema}: the JSON Schema of manifests, for editors. */
@Command(
        name = "schema",
        description = "Prints the JSON Schema of the manifests that plan, apply and simulate read.",
        mixinStandardHelpOptions = true)
public final class SchemaCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws JsonProcessingException {
        spec.commandLine().getOut().println(JSON.writeValueAsString(ManifestSchema.whole()));
        spec.commandLine().getOut().flush();
        return Exit.DONE;
    }
}
