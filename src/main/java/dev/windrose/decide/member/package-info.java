/** Which regions belong to the cluster, and who may evict one. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.member;
