package dev.windrose.cli;

import dev.windrose.cli.remote.Exit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Stands in for a command of the rehearsal whose jar is not there, and says so whatever its options. */
@Command(hidden = true, description = "Not installed: belongs to rehearsal/windrose-rehearsal.jar.")
final class NotInstalledCommand implements Callable<Integer> {

    @Unmatched
    private List<String> ignored = new ArrayList<>();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine()
                .getErr()
                .println(spec.name() + ": not installed (expected: rehearsal/windrose-rehearsal.jar in the directory of"
                        + " Windrose; the released archive lacks it, mvn package makes it in target/windrose)"
                        + " (see: windrose --help)");
        return Exit.WRONG;
    }
}
