/** What could be better, found in what was measured; never applied by itself. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.optimise;
