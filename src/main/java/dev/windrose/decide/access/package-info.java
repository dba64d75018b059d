/** Authorization: API keys and their hashes, grants. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.access;
