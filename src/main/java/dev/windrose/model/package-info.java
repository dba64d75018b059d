/** Nouns: immutable records and enums that every other ring speaks of. Plain Java. */
@org.jspecify.annotations.NullMarked
package dev.windrose.model;
