/** Metrics that clients recorded: stored in each region's database, read from all regions. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.metric;
