/** The cluster management endpoint, read-only and on loopback. */
@org.jspecify.annotations.NullMarked
package dev.windrose.front.manage;
