/** The only reader of settings: their sources, their ranges, and one reader per section. */
@org.jspecify.annotations.NullMarked
package dev.windrose.boot.settings;
