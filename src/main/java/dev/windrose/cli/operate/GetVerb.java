package dev.windrose.cli.operate;

import dev.windrose.cli.remote.Exit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** One definition. */
@Command(name = "get", description = "Shows one of them.")
final class GetVerb extends Verb {

    private final Noun noun;

    @Parameters(paramLabel = "NAME")
    private String name = "";

    GetVerb(Noun noun) {
        this.noun = noun;
    }

    @Override
    public Integer call() {
        options.output.one(out(), options.remote().get(noun.path(name)).body());
        return Exit.DONE;
    }
}
