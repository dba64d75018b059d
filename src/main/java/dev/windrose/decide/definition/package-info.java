/** What a rule is, however its changes arrive: stamps, merge, checks. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.definition;
