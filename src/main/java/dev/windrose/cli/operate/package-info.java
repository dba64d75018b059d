/** The commands that look at a running node and change what it directs. */
@org.jspecify.annotations.NullMarked
package dev.windrose.cli.operate;
