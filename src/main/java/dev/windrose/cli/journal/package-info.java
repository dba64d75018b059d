/** The commands for journals: checked, copied, replayed and repaired while their node does not run. */
@org.jspecify.annotations.NullMarked
package dev.windrose.cli.journal;
