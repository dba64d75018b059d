/**
 * HTTP infrastructure for every front of Windrose: routing, calls, bodies, JSON, problems, authorization and audit.
 * Does not depend on any call of the API.
 */
@org.jspecify.annotations.NullMarked
package dev.windrose.front.web;
