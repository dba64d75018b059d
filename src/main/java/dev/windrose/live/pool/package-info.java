/** Threads that wait for something, apart by what they wait for. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.pool;
