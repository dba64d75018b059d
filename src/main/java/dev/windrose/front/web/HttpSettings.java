package dev.windrose.front.web;

import dev.windrose.decide.geo.Prefix;
import dev.windrose.live.listen.HttpLimits;
import java.time.Duration;
import java.util.List;

/**
 * Settings of the routing API; ranges and reasons are in {@code windrose/http.conf}.
 *
 * @param port 0 selects a free one
 * @param bodyBytes largest body that is accepted
 * @param bodyTimeout longest time a body may take to arrive
 * @param batch maximum number of decisions or outcomes in one call
 * @param pageSize largest page of a list
 * @param trustedProxies proxies whose forwarding headers are trusted
 * @param limits limits for callers
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
