/** Windrose: which region should this client use now, and why. */
@org.jspecify.annotations.NullMarked
package dev.windrose;
