/** How definitions are written: one path for people and for what acts by itself. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.edit;
