/** Sockets that no thread waits for one by one. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.net;
