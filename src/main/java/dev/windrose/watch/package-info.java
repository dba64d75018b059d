/** Every meter, its name and its unit. */
@org.jspecify.annotations.NullMarked
package dev.windrose.watch;
