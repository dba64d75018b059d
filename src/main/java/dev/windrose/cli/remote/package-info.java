/** How a command reaches a node: which one, as whom, and how answers are shown. */
@org.jspecify.annotations.NullMarked
package dev.windrose.cli.remote;
