package dev.windrose.cli.operate;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code windrose rule}, {@code windrose geo} and {@code windrose region}: what can be done to each kind of definition. */
public final class Definitions {

    /** {@code windrose rule}. */
    public static CommandLine rule() {
        return common(Noun.RULE, "The load-balancing rules.")
                .addSubcommand("weights", new WeightsCommand())
                .addSubcommand("pause", new StatusVerb(Noun.RULE, "paused"))
                .addSubcommand("resume", new StatusVerb(Noun.RULE, "active"))
                .addSubcommand("failback", new FailbackCommand());
    }

    /** {@code windrose geo}. */
    public static CommandLine geographicRule() {
        return common(Noun.GEOGRAPHIC_RULE, "The geographic rules: which areas go to which regions.")
                .addSubcommand("pause", new StatusVerb(Noun.GEOGRAPHIC_RULE, "paused"))
                .addSubcommand("resume", new StatusVerb(Noun.GEOGRAPHIC_RULE, "active"));
    }

    /** {@code windrose region}. */
    public static CommandLine region() {
        return common(Noun.REGION, "The regions: where each is, what serves there, and whether it is in the cluster.")
                .addSubcommand("evict", new EvictCommand());
    }

    private static CommandLine common(Noun noun, String description) {
        CommandLine line = new CommandLine(new Group());
        line.getCommandSpec().name(noun.name()).usageMessage().description(description);
        return line.addSubcommand("list", new ListVerb(noun))
                .addSubcommand("get", new GetVerb(noun))
                .addSubcommand("put", new PutVerb(noun))
                .addSubcommand("set", new SetVerb(noun))
                .addSubcommand("delete", new DeleteVerb(noun));
    }

    /** Does nothing without a command after it. */
    @CommandLine.Command(synopsisSubcommandLabel = "COMMAND", mixinStandardHelpOptions = true)
    private static final class Group implements Runnable {

        @CommandLine.Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public void run() {
            throw new CommandLine.ParameterException(spec.commandLine(), spec.name() + ": missing subcommand");
        }
    }

    private Definitions() {}
}
