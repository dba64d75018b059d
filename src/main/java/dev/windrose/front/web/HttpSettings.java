package dev.windrose.front.web;

import dev.windrose.decide.geo.Prefix;
import dev.windrose.live.listen.HttpLimits;
import java.time.Duration;
import java.util.List;

/**
 * Settings of the routing API; ranges and reasons stand in {@code windrose/http.conf}.
 *
 * @param port 0 takes a free one
 * @param bodyBytes largest body that is read
 * @param bodyTimeout longest time a body may take to arrive
 * @param batch decisions or outcomes of one call
 * @param pageSize largest page of a list
 * @param trustedProxies whose word about the addresses of their clients is believed
 * @param limits what callers may take
 */
public record HttpSettings(
        String host,
        int port,
        int bodyBytes,
        Duration bodyTimeout,
        int batch,
        int pageSize,
        List<Prefix> trustedProxies,
        HttpLimits limits) {

    public HttpSettings {
        trustedProxies = List.copyOf(trustedProxies);
    }
}
