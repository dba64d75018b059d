package dev.windrose.cli.code;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Failure;
import dev.windrose.cli.remote.Manifests;
import dev.windrose.document.ManifestSchema;
import dev.windrose.document.YamlText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code windrose import}: manifests out of another director's configuration. */
@Command(
        name = "import",
        description = {
            "Converts another system's configuration into manifests. Unsupported settings are reported on standard error,",
            "one line each. Changes nothing: review the manifests, then apply them with `windrose apply`."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  aws route53 list-resource-record-sets --hosted-zone-id Z > zone.json; windrose import route53 zone.json",
            "  windrose import haproxy haproxy.cfg -d rules/",
            "  windrose import gdnsd config --zone example.com"
        })
public final class ImportCommand implements Callable<Integer> {

    /** Whose configuration it is. */
    enum From {
        route53,
        haproxy,
        gdnsd
    }

    @Parameters(index = "0", paramLabel = "FROM", description = "${COMPLETION-CANDIDATES}.")
    private From from = From.route53;

    @Parameters(index = "1", paramLabel = "FILE")
    private Path file = Path.of("");

    @Option(names = "--zone", paramLabel = "FILE", description = "For gdnsd: the zone that names the resources.")
    private @Nullable Path zone;

    @Option(
            names = "--scheme",
            paramLabel = "SCHEME",
            defaultValue = "http",
            description = "Scheme of the targets' addresses, which only name hosts. Default: ${DEFAULT-VALUE}.")
    private String scheme = "http";

    @Option(
            names = {"-d", "--directory"},
            paramLabel = "DIRECTORY",
            description = "One file for each definition; existing files are not overwritten.")
    private @Nullable Path directory;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        ImportResult imported = read();
        ArrayNode manifests = imported.manifests();
        for (JsonNode manifest : manifests) {
            List<String> problems = ManifestSchema.problems(manifest);
            if (!problems.isEmpty()) {
                imported.remark(Manifests.name(manifest) + ": " + String.join("; ", problems));
            }
        }
        PrintWriter err = spec.commandLine().getErr();
        imported.remarks().forEach(remark -> err.println("not taken over: " + remark));
        err.flush();
        if (directory != null) {
            ExportCommand.write(manifests, directory);
            return Exit.DONE;
        }
        PrintWriter out = spec.commandLine().getOut();
        manifests.forEach(manifest -> out.print("---\n" + YamlText.of(manifest)));
        out.flush();
        return Exit.DONE;
    }

    private ImportResult read() throws IOException {
        String text = Files.readString(file);
        try {
            return switch (from) {
                case route53 -> Route53.read(YamlText.documents(text).get(0), scheme);
                case haproxy -> HaProxy.read(text, scheme);
                case gdnsd -> Gdnsd.read(text, zone == null ? "" : Files.readString(zone), scheme);
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw Failure.wrong(file + ": " + e.getMessage() + " (expected: a configuration of " + from + ")");
        }
    }
}
