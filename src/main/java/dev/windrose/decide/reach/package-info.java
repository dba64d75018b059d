/** Which addresses a node may connect to when outsiders name them. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.reach;
