/** Who calls: keys, tokens, certificates. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.access;
