/** From readings to a verdict. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.health;
