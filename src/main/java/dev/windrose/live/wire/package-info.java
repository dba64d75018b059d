/** Messages that cross the network between nodes, and how they are written. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.wire;
