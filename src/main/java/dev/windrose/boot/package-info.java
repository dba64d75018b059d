/** Start order, stop order, and the only reader of settings. */
@org.jspecify.annotations.NullMarked
package dev.windrose.boot;
