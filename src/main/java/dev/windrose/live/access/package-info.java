/** Authentication of callers: keys, tokens, certificates. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.access;
