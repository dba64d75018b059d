/** What-if evaluation: outages, edits and evacuations, tried on a table that serves no client. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.whatif;
