/** The actors that watch targets, and the boards on which nodes show each other what they see. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.health;
