/** How readings of checks become a verdict on a target. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.health;
