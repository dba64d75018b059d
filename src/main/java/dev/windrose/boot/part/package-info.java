/** What a node is made of, each part with its settings, what it runs, its calls and its meters. */
@org.jspecify.annotations.NullMarked
package dev.windrose.boot.part;
