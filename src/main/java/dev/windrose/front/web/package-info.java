/**
 * HTTP as every front of Windrose speaks it: calls and where they go, bodies, JSON, problems, who may call, and what the audit is told.
 * Knows no call of the API.
 */
@org.jspecify.annotations.NullMarked
package dev.windrose.front.web;
