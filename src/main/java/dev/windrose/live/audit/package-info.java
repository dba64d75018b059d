/** Keeps who did what, in the database of the journal. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.audit;
