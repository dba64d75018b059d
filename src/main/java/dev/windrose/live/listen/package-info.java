/** Connections that others make to this node: admitted, watched, and ended when they keep it waiting. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.listen;
