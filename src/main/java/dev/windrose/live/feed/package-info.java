/** The newest value of what changes, given to whoever listens. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.feed;
