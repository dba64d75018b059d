/** Stores the audit in the journal's database. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.audit;
