/** Outgoing connections to addresses that outsiders name. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.reach;
