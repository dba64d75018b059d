package dev.windrose.cli;

import dev.windrose.boot.ConfiguredKeys;
import dev.windrose.cli.remote.Exit;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code windrose key}: makes a key for the day on which nothing else works. */
@Command(
        name = "key",
        description = {
            "Makes a break-glass key: an admin key that a node knows by its settings alone, without journal, cluster and issuer.",
            "Nothing is sent and nothing is stored: set the hash in every node, and keep the key offline."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  windrose key"})
final class KeyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        ConfiguredKeys.Made made = ConfiguredKeys.breakGlass();
        PrintWriter out = spec.commandLine().getOut();
        out.println("key:  " + made.key());
        out.println("set:  windrose.access.break-glass-hash = \"" + made.hash() + "\"");
        out.flush();
        return Exit.DONE;
    }
}
