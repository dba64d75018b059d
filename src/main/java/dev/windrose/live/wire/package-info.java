/** Messages between nodes, and their serialization. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.wire;
