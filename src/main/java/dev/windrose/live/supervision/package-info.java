/** The long-lived actors of a node: restarted when they fail, and missed when they are away. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.supervision;
