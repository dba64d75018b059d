package dev.windrose.cli;

import dev.windrose.boot.Node;
import dev.windrose.boot.settings.Settings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code windrose node}: runs until it is stopped. */
@Command(
        name = "node",
        description = {
            "Runs one node of a region until it receives SIGTERM or SIGINT.",
            "It answers from the snapshot of its data directory first, then joins the other regions."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  windrose node --region us-east-1 --dev",
            "  windrose node --config conf/eu-west-1.conf",
            "  windrose node --region us-east-1 --dev --set windrose.node.port=25599",
            "",
            "Exit codes: 0 stopped in good order, 1 failed, 2 invalid option or setting,",
            "            3 out of memory (restart it)."
        })
final class NodeCommand implements Callable<Integer> {

    /** The command has started what keeps the process alive. */
    static final int RUNS = -1;

    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Option(names = "--dev", description = "No authentication, for one machine: everything listens on loopback only.")
    private boolean dev;

    @Option(
            names = "--found",
            description = {
                "Founds a cluster although some seeds do not answer, if none that answers is in one.",
                "For one node, once, when a seed is lost for good."
            })
    private boolean found;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (found) {
            settings.set("windrose.node.found", "true");
        }
        Settings loaded = dev ? settings.loadDev(System.getenv()) : settings.load(System.getenv());
        Node node = Node.start(loaded, Version.number(), line -> {
            out.println(line);
            out.flush();
        });
        node.stopWithTheProcess();
        return RUNS;
    }
}
