package dev.windrose.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

/** The {@code windrose} command. */
@Command(
        name = "windrose",
        description = "A self-hosted multi-region traffic director.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            NodeCommand.class,
            ConfigCommand.class,
            KeyCommand.class,
            VersionCommand.class,
            RegionCommand.class,
            OriginCommand.class,
            TrafficCommand.class,
            StoryCommand.class,
            BenchCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  windrose node --region us-east-1 --dev",
            "  windrose config check --config conf/us-east-1.conf",
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong option or setting."
        })
public final class Windrose {

    /** Done. */
    public static final int DONE = 0;

    /** Something that should have worked did not. */
    public static final int FAILED = 1;

    /** An option or a setting is wrong; one line on standard error says which. */
    public static final int WRONG = 2;

    public static void main(String[] arguments) {
        int code = commandLine().execute(arguments);
        if (code != NodeCommand.RUNS) {
            System.exit(code);
        }
    }

    /** The parsed command, ready to execute; colours only when standard output is a terminal. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Windrose());
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.AUTO));
        line.setParameterExceptionHandler((wrong, arguments) -> {
            PrintWriter err = wrong.getCommandLine().getErr();
            err.println(String.valueOf(wrong.getMessage()).replaceAll("\\s*\n\\s*", " ") + " (see: "
                    + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help)");
            return WRONG;
        });
        line.setExecutionExceptionHandler(new OneLine());
        return line;
    }
}
