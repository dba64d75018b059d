/** Start order and stop order. */
@org.jspecify.annotations.NullMarked
package dev.windrose.boot;
