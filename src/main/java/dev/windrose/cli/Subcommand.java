package dev.windrose.cli;

import java.util.concurrent.Callable;

/**
 * A command of another jar under {@code windrose}: annotated with {@link picocli.CommandLine.Command}, named in
 * {@code META-INF/services/dev.windrose.cli.Subcommand} of that jar, and found by {@link java.util.ServiceLoader}. What
 * it returns is the exit code.
 */
public interface Subcommand extends Callable<Integer> {}
