/** How events of one region reach the others. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.journal;
