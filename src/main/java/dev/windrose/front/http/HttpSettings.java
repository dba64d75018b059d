package dev.windrose.front.http;

import java.time.Duration;

/**
 * Settings of the routing API; ranges and reasons stand in {@code windrose/http.conf}.
 *
 * @param port 0 takes a free one
 * @param bodyBytes largest body that is read
 * @param bodyTimeout longest time a body may take to arrive
 * @param batch decisions or outcomes of one call
 * @param pageSize largest page of a list
 */
public record HttpSettings(String host, int port, int bodyBytes, Duration bodyTimeout, int batch, int pageSize) {}
