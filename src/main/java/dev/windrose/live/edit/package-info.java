/** How definitions are written: one path for people and automatic writers. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.edit;
