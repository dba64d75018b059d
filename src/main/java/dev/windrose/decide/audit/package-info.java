/** Audit entries, and the hash chain that makes tampering visible. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.audit;
