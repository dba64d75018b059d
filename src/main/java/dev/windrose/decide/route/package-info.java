/** Which region serves this client: one file per algorithm, and the table they read. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.route;
