/** Files that a crash at any moment leaves whole. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.disk;
