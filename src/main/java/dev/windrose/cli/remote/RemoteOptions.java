package dev.windrose.cli.remote;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that speaks to a node. */
public final class RemoteOptions {

    private static final String USUAL = "http://127.0.0.1:8019";

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "A node's API. Default: $WINDROSE_SERVER, else the context's, else " + USUAL + ".")
    private @Nullable String server;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "A cluster of contexts.yaml. Default: $WINDROSE_CONTEXT, else the current one.")
    private @Nullable String context;

    @Option(
            names = "--contexts",
            paramLabel = "FILE",
            description = "The file of contexts. Default: $WINDROSE_CONTEXTS, else ~/.config/windrose/contexts.yaml.")
    private @Nullable Path contexts;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "Bearer token. Default: $WINDROSE_TOKEN, else the context's; other users can see the option.")
    private @Nullable String token;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "15s",
            description = "For each call. Default: ${DEFAULT-VALUE}.")
    private String timeout = "15s";

    /** The form of the answer. */
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    public Output output = Output.table;

    /** The node that is meant. */
    public Remote remote() {
        return remote(System.getenv());
    }

    Remote remote(Map<String, String> environment) {
        String named = context != null ? context : environment.get("WINDROSE_CONTEXT");
        String fromEnvironment = environment.get("WINDROSE_SERVER");
        Contexts.Context chosen = null;
        if (named != null || (server == null && fromEnvironment == null)) {
            Contexts known = Contexts.read(contexts != null ? contexts : Contexts.file(environment));
            String name = named != null ? named : known.current();
            chosen = name.isEmpty() ? null : known.named(name);
        }
        String address = server != null
                ? server
                : context == null && fromEnvironment != null
                        ? fromEnvironment
                        : chosen != null ? chosen.server() : USUAL;
        String bearer = token != null ? token : environment.get("WINDROSE_TOKEN");
        if (bearer == null && chosen != null) {
            bearer = Contexts.token(chosen.token(), environment);
        }
        return new Remote(address, bearer, time(timeout, "--timeout"));
    }

    /** A time such as 30s, 10m, 2h or 1d; a number alone is in seconds. */
    public static Duration time(String text, String option) {
        if (text.matches("[0-9]{1,9}[smhd]?")) {
            char unit = text.charAt(text.length() - 1);
            long number = Long.parseLong(text.replaceAll("[smhd]", ""));
            long seconds = number
                    * switch (unit) {
                        case 'm' -> 60;
                        case 'h' -> 3600;
                        case 'd' -> 86_400;
                        default -> 1;
                    };
            if (seconds > 0) {
                return Duration.ofSeconds(seconds);
            }
        }
        throw Failure.wrong(option + ": '" + text + "' (expected: a time such as 30s, 10m, 2h or 1d)");
    }
}
