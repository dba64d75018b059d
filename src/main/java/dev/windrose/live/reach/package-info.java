/** Connections to addresses that somebody else names. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.reach;
