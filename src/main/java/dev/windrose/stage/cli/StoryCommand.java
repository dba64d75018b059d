package dev.windrose.stage.cli;

import dev.windrose.cli.Subcommand;
import dev.windrose.cli.remote.Exit;
import dev.windrose.stage.Figures;
import dev.windrose.stage.Origin;
import dev.windrose.stage.Story;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code windrose story}: a failure of the local set, told as it happens and measured. */
@Command(
        name = "story",
        description = {
            "Kills an origin and then a whole region of the set that deploy/local/up started, brings both back,",
            "and prints what every node answered meanwhile, with measured times. Takes one to two minutes."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Exit codes: 0 all was as promised, 1 a figure missed its limit, 2 wrong option."})
public final class StoryCommand implements Subcommand {

    @Option(
            names = "--root",
            paramLabel = "DIRECTORY",
            defaultValue = ".",
            description = "Directory that holds deploy/local. Default: the current one.")
    private Path root = Path.of(".");

    @Option(names = "--json", description = "Ends with one line of JSON in place of the table.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path script = root.resolve("deploy/local/node").toAbsolutePath();
        if (!Files.isExecutable(script)) {
            throw new ParameterException(
                    spec.commandLine(), "--root: " + root + " (expected: a directory with deploy/local/node)");
        }
        PrintWriter out = spec.commandLine().getOut();
        List<Story.Place> places = List.of(
                new Story.Place("us-east-1", 8019, 9101 + Origin.CONTROL_OFFSET),
                new Story.Place("eu-west-1", 8029, 9102 + Origin.CONTROL_OFFSET),
                new Story.Place("ap-southeast-1", 8039, 9103 + Origin.CONTROL_OFFSET));
        Figures figures = new Story(places, new Scripted(script), line -> {
                    synchronized (out) {
                        out.println(line);
                        out.flush();
                    }
                })
                .play();
        out.println();
        out.print(json ? figures.json() + System.lineSeparator() : figures.table());
        out.flush();
        return figures.passed() ? Exit.DONE : Exit.FAILED;
    }

    /** Kills and starts nodes through {@code deploy/local/node}, which knows what it may touch. */
    private record Scripted(Path script) implements Story.Nodes {

        @Override
        public void kill(String region) throws IOException, InterruptedException {
            run("kill", region);
        }

        @Override
        public void start(String region) throws IOException, InterruptedException {
            run("start", region);
        }

        private void run(String verb, String region) throws IOException, InterruptedException {
            Process process = new ProcessBuilder(script.toString(), verb, region)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(script + " " + verb + " " + region + ": still running after 30 s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(script + " " + verb + " " + region + ": exit code " + process.exitValue());
            }
        }
    }
}
