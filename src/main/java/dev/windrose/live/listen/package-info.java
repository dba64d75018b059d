/** Incoming connections: admission, deadlines, and closing of slow ones. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.listen;
