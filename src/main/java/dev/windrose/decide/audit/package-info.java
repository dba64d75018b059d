/** What is kept of who did what, and how it is seen that nothing of it was changed. */
@org.jspecify.annotations.NullMarked
package dev.windrose.decide.audit;
