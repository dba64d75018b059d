/** What would happen: outages, edits and evacuations, tried on a table that nobody decides by. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.whatif;
