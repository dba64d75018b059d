/** The only reader of settings: where values come from, their ranges, and one reader for each section. */
@org.jspecify.annotations.NullMarked
package dev.windrose.boot.settings;
