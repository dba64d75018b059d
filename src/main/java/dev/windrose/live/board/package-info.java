/** What the boards have in common: entries that nodes share by Distributed Data. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.board;
