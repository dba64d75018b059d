/** Non-blocking sockets, many per thread. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.net;
