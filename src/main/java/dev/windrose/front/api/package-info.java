/** The API on port 8019: one resource per subject, and their request and response bodies. */
@org.jspecify.annotations.NullMarked
package dev.windrose.front.api;
