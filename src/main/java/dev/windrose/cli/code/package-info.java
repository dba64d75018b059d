/** Definitions as files: plan, apply, export, and import from other directors. */
@org.jspecify.annotations.NullMarked
package dev.windrose.cli.code;
