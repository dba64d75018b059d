/** The API on port 8019: one resource per subject, and the bodies that they read and write. */
@org.jspecify.annotations.NullMarked
package dev.windrose.front.api;
