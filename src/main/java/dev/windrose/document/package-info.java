/** Documents: the API as OpenAPI, JSON Schema, and YAML. Knows no other package, does no I/O but read the class path. */
@org.jspecify.annotations.NullMarked
package dev.windrose.document;
