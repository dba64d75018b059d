/** Where clients are, by their addresses. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.geo;
