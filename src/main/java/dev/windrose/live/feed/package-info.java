/** Latest-value feeds for subscribers. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.feed;
