/** Common parts of the boards: entries that nodes share through Distributed Data. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.board;
