/** How traffic leaves a target and comes back to it. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.failover;
