/** Recommendations derived from measurements; never applied automatically. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.optimise;
