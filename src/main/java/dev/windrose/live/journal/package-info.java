/** The journal of a region, and the replication of its events to the others. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.journal;
