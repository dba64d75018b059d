/** Which regions belong to the cluster, and who may say that one does not. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.member;
