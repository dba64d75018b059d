/** The table in force, its replacement, and the snapshot that a node starts from. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.table;
