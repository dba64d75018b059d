package dev.windrose.front.web;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import java.util.List;

/** Security headers for browsers: no content sniffing, no framing, and no caching unless the answer allows it. */
public final class SecurityHeaders {

    private static final String POLICY = "Content-Security-Policy";

    private static final HttpHeader NOTHING = RawHeader.create(POLICY, "default-src 'none'; frame-ancestors 'none'");

    /** For the page, whose script and style are inline, and which connects only to this node. */
    private static final HttpHeader OWN = RawHeader.create(
            POLICY,
            "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

    private static final List<HttpHeader> ALL = List.of(
            RawHeader.create("X-Content-Type-Options", "nosniff"),
            RawHeader.create("X-Frame-Options", "DENY"),
            RawHeader.create("Referrer-Policy", "no-referrer"));

    private static final HttpHeader NOT_KEPT = RawHeader.create("Cache-Control", "no-store");

    public static HttpResponse on(HttpResponse response) {
        boolean page = response.entity().getContentType().mediaType().mainType().equals("text")
                && response.entity().getContentType().mediaType().subType().equals("html");
        HttpResponse safe = response.addHeaders(ALL).addHeader(page ? OWN : NOTHING);
        return response.getHeader("Cache-Control").isPresent() ? safe : safe.addHeader(NOT_KEPT);
    }

    private SecurityHeaders() {}
}
