/** Membership of nodes and regions: the region's lease, and the eviction of regions that are gone. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.member;
