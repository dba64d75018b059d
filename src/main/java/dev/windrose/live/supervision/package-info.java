/** The long-lived actors of a node: restarted when they fail, and reported when they do not respond. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.supervision;
