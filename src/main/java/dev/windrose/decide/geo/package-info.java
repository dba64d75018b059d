/** Where clients and regions are, and which areas contain which. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.geo;
