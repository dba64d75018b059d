/** The subcommands of the rehearsal, which the {@code windrose} command finds when their jar is on the class path. */
@org.jspecify.annotations.NullMarked
package dev.windrose.stage.cli;
