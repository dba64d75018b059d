/**
 * Everything that shows Windrose running: sample origins, traffic, clusters of real processes, measurements. A client of
 * the HTTP API and of the command line only; nothing else in the house knows it.
 */
@org.jspecify.annotations.NullMarked
package dev.windrose.stage;
