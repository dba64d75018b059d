package dev.windrose.cli;

import dev.windrose.boot.settings.WrongSetting;
import dev.windrose.cli.remote.Exit;
import dev.windrose.cli.remote.Failure;
import dev.windrose.model.Masked;
import picocli.CommandLine;

/** Says in one line why a command failed: wrong settings with exit code 2, anything else with 1. */
final class OneLine implements CommandLine.IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
        if (e instanceof WrongSetting) {
            line.getErr().println(e.getMessage());
            return Exit.WRONG;
        }
        if (e instanceof Failure failure) {
            line.getErr().println(line.getCommandSpec().qualifiedName() + ": " + failure.getMessage());
            return failure.code();
        }
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        line.getErr().println("windrose: " + Masked.of(message.replaceAll("\\s*\n\\s*", " ")));
        return Exit.FAILED;
    }
}
