/** Recording of failovers and failbacks in the journal, and supervision of evacuations. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.failover;
