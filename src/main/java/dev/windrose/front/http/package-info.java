/** The routing API on port 8019. */
@org.jspecify.annotations.NullMarked
package dev.windrose.front.http;
