/** Pools for blocking work, one per kind of wait. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.pool;
