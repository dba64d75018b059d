/** What a definition is, in whatever order its changes arrive: stamps, merge, checks. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.definition;
