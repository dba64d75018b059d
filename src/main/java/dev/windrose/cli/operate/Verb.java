package dev.windrose.cli.operate;

import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.RemoteOptions;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What every command that speaks to a node has. */
@Command(
        mixinStandardHelpOptions = true,
        footer = {"", Exit.HELP})
public abstract class Verb implements Callable<Integer> {

    /** Which node, as whom, and the form of the answer. */
    @Mixin
    protected RemoteOptions options = new RemoteOptions();

    /** This command. */
    @Spec
    protected CommandSpec spec = CommandSpec.create();

    /** Where answers go. */
    protected PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Where progress and remarks go. */
    protected PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
