package dev.windrose.cli;

import dev.windrose.boot.settings.Settings;
import dev.windrose.cli.remote.Exit;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code windrose config}: what is set, and where. */
@Command(
        name = "config",
        description = "Checks settings.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = ConfigCommand.Check.class)
final class ConfigCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return Exit.WRONG;
    }

    /** {@code windrose config check}. */
    @Command(
            name = "check",
            description = {
                "Checks all settings and prints the ones in effect, with the place that set them.",
                "Secrets are masked. The first invalid setting is named in one line, with exit code 2."
            },
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Examples:",
                "  windrose config check --config conf/us-east-1.conf",
                "  WINDROSE_NODE_PORT=25599 windrose config check --region us-east-1 --changed"
            })
    static final class Check implements Callable<Integer> {

        @Mixin
        private SettingsOptions settings = new SettingsOptions();

        @Option(names = "--changed", description = "Prints only settings that are not the default.")
        private boolean changed;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            for (Settings.Effective one : settings.load(System.getenv()).effective()) {
                if (!changed || !one.from().isEmpty()) {
                    out.println(one.path() + " = " + one.value()
                            + (one.from().isEmpty() ? "" : "   # set in " + one.from()));
                }
            }
            out.flush();
            return Exit.DONE;
        }
    }
}
