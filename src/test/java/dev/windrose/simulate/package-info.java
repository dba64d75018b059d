@org.jspecify.annotations.NullMarked
package dev.windrose.simulate;
