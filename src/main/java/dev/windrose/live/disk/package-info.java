/** Files that stay intact whenever the process crashes. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.disk;
