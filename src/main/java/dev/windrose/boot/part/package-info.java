/** The parts of a node, each with its settings, what it runs, its calls and its meters. */
@org.jspecify.annotations.NullMarked
package dev.windrose.boot.part;
