/** Where a node may connect to when somebody else names the address. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.reach;
