/**
 * Everything that shows Windrose running: sample origins, traffic, clusters of real processes, measurements. A client of
 * the HTTP API and of the command line only; nothing else in the house knows it. The build packs it into a jar of its
 * own, which what runs in production lacks.
 */
@org.jspecify.annotations.NullMarked
package dev.windrose.stage;
