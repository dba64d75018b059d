/** Statements and transactions, whatever the database. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.jdbc;
