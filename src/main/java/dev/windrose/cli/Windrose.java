package dev.windrose.cli;

import dev.windrose.cli.code.ApplyCommand;
import dev.windrose.cli.code.ExportCommand;
import dev.windrose.cli.code.ImportCommand;
import dev.windrose.cli.code.SchemaCommand;
import dev.windrose.cli.journal.JournalCommand;
import dev.windrose.cli.operate.AuditCommand;
import dev.windrose.cli.operate.ClusterCommand;
import dev.windrose.cli.operate.CompletionCommand;
import dev.windrose.cli.operate.ContextCommand;
import dev.windrose.cli.operate.Definitions;
import dev.windrose.cli.operate.DrainCommand;
import dev.windrose.cli.operate.EvacuateCommand;
import dev.windrose.cli.operate.GeographyCommand;
import dev.windrose.cli.operate.HealthCommand;
import dev.windrose.cli.operate.HistoryCommand;
import dev.windrose.cli.operate.LatencyCommand;
import dev.windrose.cli.operate.ReplayCommand;
import dev.windrose.cli.operate.RouteCommand;
import dev.windrose.cli.operate.SimulateCommand;
import dev.windrose.cli.operate.UndrainCommand;
import dev.windrose.cli.remote.Exit;
import java.io.PrintWriter;
import java.security.Security;
import java.util.List;
import java.util.ServiceLoader;
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
            DrainCommand.class,
            UndrainCommand.class,
            EvacuateCommand.class,
            HealthCommand.class,
            LatencyCommand.class,
            GeographyCommand.class,
            HistoryCommand.class,
            ReplayCommand.class,
            SimulateCommand.class,
            JournalCommand.class,
            AuditCommand.class,
            ClusterCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            SchemaCommand.class,
            ContextCommand.class,
            CompletionCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  windrose node --region us-east-1 --dev",
            "  windrose config check --config conf/us-east-1.conf",
            "",
            "  windrose context set local --server http://127.0.0.1:8019",
            "  windrose rule list -o yaml",
            "  windrose explain global-web-rule europe",
            "",
            Exit.HELP
        })
public final class Windrose {

    /** The commands of the rehearsal, which is a jar of its own: a node is installed without it. */
    static final List<String> REHEARSAL = List.of("origin", "traffic", "story", "bench");

    public static void main(String[] arguments) {
        // Before any name is looked up. Java keeps answers for 30 s and failures for 10 s; a node says itself how long
        // it keeps them.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
        int code = commandLine().execute(arguments);
        if (code != NodeCommand.RUNS) {
            System.exit(code);
        }
    }

    /** The parsed command, ready to execute; colours only when standard output is a terminal. */
    public static CommandLine commandLine() {
        return commandLine(ServiceLoader.load(Subcommand.class, Windrose.class.getClassLoader()));
    }

    /** The command with these subcommands of other jars. */
    static CommandLine commandLine(Iterable<Subcommand> found) {
        CommandLine line = new CommandLine(new Windrose());
        line.addSubcommand("rule", Definitions.rule())
                .addSubcommand("geo", Definitions.geographicRule())
                .addSubcommand("region", Definitions.region())
                .addSubcommand("route", new RouteCommand(false))
                .addSubcommand("explain", new RouteCommand(true))
                .addSubcommand("plan", new ApplyCommand(false))
                .addSubcommand("apply", new ApplyCommand(true));
        found.forEach(line::addSubcommand);
        for (String name : REHEARSAL) {
            if (!line.getSubcommands().containsKey(name)) {
                line.addSubcommand(name, new NotInstalledCommand());
            }
        }
        help(line);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.AUTO));
        line.setParameterExceptionHandler((wrong, arguments) -> {
            PrintWriter err = wrong.getCommandLine().getErr();
            err.println(String.valueOf(wrong.getMessage()).replaceAll("\\s*\n\\s*", " ") + " (see: "
                    + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help)");
            return Exit.WRONG;
        });
        line.setExecutionExceptionHandler(new OneLine());
        return line;
    }

    /** Each command explains itself, whatever else it needs. */
    private static void help(CommandLine line) {
        if (line.getCommand() instanceof NotInstalledCommand) {
            return;
        }
        if (line.getCommandSpec().findOption("--help") == null) {
            line.getCommandSpec().mixinStandardHelpOptions(true);
        }
        line.getSubcommands().values().forEach(Windrose::help);
    }
}
