/** The node: start order, stop order, and restarts of the control plane. */
@org.jspecify.annotations.NullMarked
package dev.windrose.boot;
