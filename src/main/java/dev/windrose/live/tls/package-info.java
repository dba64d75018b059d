/** Encrypted connections: certificates and keys from files, read again when they change. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.tls;
