/** The windrose command. */
@org.jspecify.annotations.NullMarked
package dev.windrose.cli;
