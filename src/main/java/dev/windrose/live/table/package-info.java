/** The table in force, who swaps it, and the snapshot it boots from. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.table;
