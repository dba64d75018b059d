/** Failovers and failbacks on their way into the journal. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.failover;
