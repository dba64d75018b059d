/** TLS: certificates and keys from files, reloaded when they change. */
@org.jspecify.annotations.NullMarked
package dev.windrose.live.tls;
