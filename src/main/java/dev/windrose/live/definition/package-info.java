/** The actors that own definitions, and the board that shows their state to every node of the region. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.definition;
