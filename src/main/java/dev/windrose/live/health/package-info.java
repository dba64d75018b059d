/** The actors that check targets, and the boards through which nodes share their observations. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.health;
