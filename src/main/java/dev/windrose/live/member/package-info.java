/** Membership of nodes and regions: the region's lease, and the eviction of unreachable regions. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.member;
